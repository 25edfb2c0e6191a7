import { expect, test } from "./fixtures"
import { signInFrom, withCookiesOf } from "./person"

test("a client that Bitbucket refuses turns health red and the log loud, and signs nobody out", async ({
  page,
  bitbucket,
  emulator,
  database,
  appUrl,
  appLog,
}) => {
  await signInFrom(page, bitbucket, "/profile")
  const client = await withCookiesOf(page, appUrl)
  expect(await (await client.get("/api/health")).json()).toEqual({ status: "ok" })

  await emulator.control.addFault({
    match: { grant_type: "refresh_token" },
    kind: "status",
    status: 400,
    headers: { "content-type": "application/json" },
    body: '{"error_description": "Invalid OAuth client credentials", "error": "unauthorized_client"}',
  })
  await database.query("update connection set expires_at = now() - interval '1 second'")
  expect((await client.get("/profile")).status()).toBe(200)
  const red = await client.get("/api/health")
  expect([red.status(), await red.json()]).toEqual([503, { status: "unavailable" }])
  await expect.poll(appLog).toContain('"level":50')
  await expect.poll(appLog).toContain('"event":"oauth_client_refused"')

  await database.query("update connection set retry_at = now()")
  expect((await client.get("/profile")).status()).toBe(200)
  expect((await client.get("/api/health")).status()).toBe(200)
})
