import { expect, test } from "vitest"
import { stableUuid } from "../identifiers.ts"
import { Browser } from "./browser.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()

test("the start page lists all addresses, and links to the live page (EM-1)", async () => {
  const { siteUrl, apiUrl } = emulator.current
  const page = await (await fetch(siteUrl)).text()
  for (const text of [siteUrl, apiUrl, "emulatorClientKey1", 'href="/_control/"'])
    expect(page).toContain(text)
})

test("signing in requires the form's CSRF token, and so does signing out (EM-2, EM-3)", async () => {
  const browser = new Browser(emulator.current)
  expect((await browser.signIn("demo")).status).toBe(302)
  expect((await browser.post("/account/signout/", { csrfmiddlewaretoken: "forged" })).status).toBe(403)
  expect(await (await browser.get("/")).text()).toContain("Sign out")
  expect((await browser.post("/account/signout/", {})).status).toBe(302)
  expect(await (await browser.get("/")).text()).not.toContain("Sign out")
})

test("no person in the seed is real: every address is at example.com (EM-5)", async () => {
  const page = await (await fetch(`${emulator.current.siteUrl}/account/signin/`)).text()
  const addresses = page.match(/[\w.+-]+@[\w.-]+/g) ?? []
  expect(addresses.filter((address) => !address.endsWith("example.com"))).toEqual([])
  expect(page).toContain("The people below exist in this emulator only.")
})

test("the pages that the API links to exist: a person, a workspace, a repository, each for those who may see it (EM-8)", async () => {
  const browser = new Browser(emulator.current)
  const statusOf = async (path: string) => (await browser.get(path)).status
  expect(await (await browser.get(`/${encodeURIComponent(stableUuid("person:demo"))}/`)).text()).toContain(
    "<h1>Demo Person</h1>",
  )
  expect(await statusOf("/northern-lights/")).toBe(200)
  expect(await statusOf("/northern-lights/aurora")).toBe(200)
  const members = ["/emulated-works/", "/emulated-works/repository-001"]
  for (const path of members) expect(await statusOf(path), path).toBe(404)
  for (const path of ["/unknown/", "/northern-lights/polar-night", "/northern-lights/no-such"])
    expect(await statusOf(path), path).toBe(404)
  await browser.signIn("demo")
  for (const path of members) expect(await statusOf(path), path).toBe(200)
})
