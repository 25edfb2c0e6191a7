import { expect, test } from "./fixtures"
import { signIn, signInFrom, withCookiesOf } from "./person"

test("with tokens of 2,600 characters every cookie stays small, and so does their sum", async ({
  page,
  emulator,
  appUrl,
}) => {
  await emulator.control.changeConfig({ token_length: 2600 })
  await signInFrom(page, "/profile")
  const cookies = await page.context().cookies(appUrl)
  const sizes = cookies.map(({ name, value }) => name.length + 1 + value.length)
  expect(Math.max(...sizes)).toBeLessThan(4_000)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2_000)
  expect(cookies.filter(({ httpOnly, sameSite }) => !httpOnly || sameSite === "None")).toEqual([])
})

test("no page, payload or cookie contains a token, and the API receives it only in the header", async ({
  page,
  emulator,
  appUrl,
  storedTokens,
}) => {
  await signInFrom(page, "/profile")
  const client = await withCookiesOf(page, appUrl)
  const seen = (await page.context().cookies()).map(({ value }) => value)
  for (const path of [
    "/profile",
    "/integrations/bitbucket",
    "/workspaces",
    "/workspaces/demo",
    "/api/auth/session",
    "/",
  ]) {
    seen.push(await (await client.get(path)).text())
    seen.push(await (await client.get(path, { headers: { rsc: "1" } })).text())
  }
  const refreshed = await client.post("/api/token/refresh")
  seen.push(await refreshed.text(), JSON.stringify(refreshed.headers()))

  const tokens = await storedTokens()
  expect(tokens).toHaveLength(2)
  for (const token of tokens) for (const text of seen) expect(text).not.toContain(token.slice(0, 40))

  const requests = await emulator.control.listRequests()
  const apiRequests = requests.filter(({ origin }) => origin === "api")
  expect(apiRequests.length).toBeGreaterThan(0)
  for (const { authorization, query, form } of apiRequests) {
    expect(authorization).toMatch(/^Bearer/)
    expect(Object.keys(query)).not.toContain("access_token")
    for (const token of tokens) expect(JSON.stringify(query)).not.toContain(token.slice(0, 40))
    expect(form).toEqual({})
  }
  const elsewhere = requests.filter(
    ({ origin, authorization }) => origin === "site" && authorization?.startsWith("Bearer"),
  )
  expect(elsewhere).toEqual([])
})

test("the app's log contains no token, code or email address", async ({ request, appLog, storedTokens }) => {
  await signIn(request, "/profile")
  await expect.poll(appLog).toContain('"event":"signed_in"')
  expect(appLog()).not.toMatch(/demo@example\.com|code=/)
  for (const token of await storedTokens()) expect(appLog()).not.toContain(token.slice(0, 40))
})
