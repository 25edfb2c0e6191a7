import { describe, expect, test } from "vitest"
import { Browser, locationOf } from "./browser.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()

describe("signing in to the emulated Bitbucket", () => {
  test("the sign-in page sets a csrftoken cookie and puts the same token in its forms", async () => {
    const browser = new Browser(emulator.current)
    const page = await (await browser.get("/account/signin/?next=%2Faccount%2Fsettings")).text()
    expect(browser.cookie("csrftoken")).toMatch(/^[A-Za-z0-9]{32}$/)
    expect(page).toContain(`name="csrfmiddlewaretoken" value="${browser.cookie("csrftoken")}"`)
    expect(page).toContain('name="next" value="/account/settings"')
  })

  test("the right password leads to next with a session cookie that no script can read", async () => {
    const browser = new Browser(emulator.current)
    await browser.get("/account/signin/")
    const next = "/site/oauth2/authorize?client_id=x&state=a%2Fb"
    const response = await browser.post("/account/signin/", { username: "demo", password: "demo", next })
    expect(response.status).toBe(302)
    expect(response.headers.get("Location")).toBe(next)
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^bb_session=[A-Za-z0-9]{32}; Path=\/; HttpOnly; SameSite=Lax$/),
    ])
  })

  test("an email address, and any capitals, work as a username", async () => {
    expect((await new Browser(emulator.current).signIn("Demo@Example.com", "demo")).status).toBe(302)
  })

  test.each([
    ["a wrong password", "demo", "Demo"],
    ["an unknown person", "unknown", "unknown"],
    ["another person's password", "demo", "zoe"],
    ["no password", "demo", ""],
  ])("%s leaves the person on the page, signed out", async (_case, username, password) => {
    const browser = new Browser(emulator.current)
    const response = await browser.signIn(username, password)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain("do not match")
    expect(browser.cookie("bb_session")).toBeUndefined()
  })

  test("the typed name appears again, but never as markup", async () => {
    const response = await new Browser(emulator.current).signIn('"><script>alert(1)</script>', "x")
    const page = await response.text()
    expect(page).toContain("&lt;script&gt;")
    expect(page).not.toContain("<script>")
  })

  test.each([["forged"], [""]])("a form with the CSRF token %j is refused", async (csrfmiddlewaretoken) => {
    const browser = new Browser(emulator.current)
    await browser.get("/account/signin/")
    const fields = { username: "demo", password: "demo", csrfmiddlewaretoken }
    expect((await browser.post("/account/signin/", fields)).status).toBe(403)
    expect(browser.cookie("bb_session")).toBeUndefined()
  })

  test("an empty token does not match a missing cookie", async () => {
    const fields = { username: "demo", password: "demo", csrfmiddlewaretoken: "" }
    expect((await new Browser(emulator.current).post("/account/signin/", fields)).status).toBe(403)
  })

  test.each([
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    "javascript:alert(1)",
    "",
  ])("next=%j does not lead off the site", async (next) => {
    const browser = new Browser(emulator.current)
    await browser.get("/account/signin/")
    const response = await browser.post("/account/signin/", { username: "demo", password: "demo", next })
    expect(locationOf(response).origin).toBe(emulator.current.siteUrl)
  })

  test("every seeded person has a form that signs them in", async () => {
    const page = await (await new Browser(emulator.current).get("/account/signin/")).text()
    const usernames = [...page.matchAll(/type="hidden" name="username" value="([^"]+)"/g)].map(
      ([, name]) => name ?? "",
    )
    expect(usernames).toContain("demo")
    expect(usernames.length).toBeGreaterThan(5)
    for (const [, username = "", password = ""] of page.matchAll(
      /name="username" value="([^"]+)">\s*<input type="hidden" name="password" value="([^"]+)"/g,
    )) {
      expect((await new Browser(emulator.current).signIn(username, password)).status).toBe(302)
    }
  })

  test("signing out ends the session on the server, not only in the browser", async () => {
    const browser = new Browser(emulator.current)
    await browser.signIn("demo")
    const stolenSession = browser.cookie("bb_session")
    await browser.post("/account/signout/", {})
    const response = await fetch(`${emulator.current.siteUrl}/account/settings/app-authorizations/`, {
      headers: { cookie: `bb_session=${stolenSession}` },
      redirect: "manual",
    })
    expect(response.status).toBe(302)
  })

  test("every page says that it is not Atlassian's and needs no JavaScript", async () => {
    const browser = new Browser(emulator.current)
    await browser.signIn("demo")
    for (const path of ["/", "/account/signin/", "/account/settings/app-authorizations/", "/no/such/page"]) {
      const page = await (await browser.get(path)).text()
      expect(page).toContain("Not affiliated with Atlassian")
      expect(page).toContain('<html lang="en">')
      expect(page).not.toContain("<script")
    }
  })
})
