import { expect, test } from "vitest"
import { callApi, demoClient, obtainTokens } from "./oauth-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()
const emailClient = { key: "emailOnlyClientKey", secret: "a-secret-of-the-email-only-client" }

async function profileOf(username: string): Promise<Record<string, unknown>> {
  const { accessToken } = await obtainTokens(emulator.current, { username })
  return (await (await callApi(emulator.current, "/2.0/user", accessToken)).json()) as Record<string, unknown>
}

test("the profile has the recorded keys and does not mention two factors (BB-U13, BB-U6, BB-U7)", async () => {
  const profile = await profileOf("demo")
  expect(Object.keys(profile)).toHaveLength(12)
  expect(Object.keys(profile.links as object)).toHaveLength(6)
  expect(profile).toMatchObject({ type: "user", has_2fa_enabled: null, account_status: "active" })
})

test("account_id is digits, a colon and a UUID, and may be missing (BB-U2)", async () => {
  expect((await profileOf("demo")).account_id).toMatch(/^\d+:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  expect(await profileOf("plain")).not.toHaveProperty("account_id")
})

test("a nickname is free text, and the same for every erased person (BB-U4, BB-U5)", async () => {
  expect((await profileOf("zoe")).nickname).toBe("zoë")
  expect(await profileOf("former")).toMatchObject({ display_name: "Former user", nickname: "Former user" })
})

test("times have microseconds and a numeric offset (BB-U9)", async () => {
  expect((await profileOf("zoe")).created_on).toBe("2021-11-02T17:05:41.000000+00:00")
})

test("the avatar is a picture on this machine, or missing (BB-U11)", async () => {
  const { links } = (await profileOf("demo")) as { links: { avatar: { href: string } } }
  expect(new URL(links.avatar.href).origin).toBe(emulator.current.siteUrl)
  expect((await fetch(links.avatar.href)).headers.get("Content-Type")).toContain("image/svg+xml")
  expect((await profileOf("plain")).links).not.toHaveProperty("avatar")
  const stranger = `${emulator.current.siteUrl}/account/avatars/%7Bnobody%7D/128`
  expect((await fetch(stranger)).status).toBe(404)
})

test("the email scope alone does not open the profile (BB-S4)", async () => {
  await emulator.current.control.reset({
    people: [{ username: "demo", password: "demo", emails: [{ email: "demo@example.com" }] }],
    clients: [
      { ...emailClient, name: "Newsletter", callback_url: "http://localhost:3000", scopes: ["email"] },
      { ...demoClient, name: "Demo", callback_url: "http://localhost:3000", scopes: ["account"] },
    ],
  })
  const { accessToken } = await obtainTokens(emulator.current, { client: emailClient })
  expect((await callApi(emulator.current, "/2.0/user/emails", accessToken)).status).toBe(200)
  const response = await callApi(emulator.current, "/2.0/user", accessToken)
  expect(response.status).toBe(403)
  expect(await response.json()).toMatchObject({
    error: { detail: { granted: ["email"], required: ["account"] } },
  })
})

test("an outage of the edge is a page instead of JSON (BB-P13)", async () => {
  await emulator.current.control.addFault({ kind: "html", status: 502, match: { path: "/2.0/user" } })
  const response = await callApi(emulator.current, "/2.0/user", "any")
  expect(response.status).toBe(502)
  expect(response.headers.get("Content-Type")).toContain("text/html")
})

test("the profile of version 1.0 is gone with it, and the error says so (EM-6)", async () => {
  const response = await fetch(`${emulator.current.apiUrl}/1.0/user`)
  expect(response.status).toBe(410)
  expect(await response.json()).toMatchObject({ error: { message: "Resource removed" } })
})
