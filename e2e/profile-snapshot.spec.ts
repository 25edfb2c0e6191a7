import type { Emulator } from "bitbucket-emulator"
import { startStatementCounter } from "../test/statement-counter"
import { expect, test } from "./fixtures"
import { startOwnApp } from "./own-app"
import { readProfileAgo, signIn, signInFrom, withCookiesOf } from "./person"

const profileRequests = async ({ control }: Emulator) =>
  (await control.listRequests()).filter(({ path }) => path === "/2.0/user")

test("within a minute of a sign-in the app keeps showing the same profile, and asks Bitbucket nothing", async ({
  request,
  emulator,
  appUrl,
}) => {
  await signIn(request, "/profile")
  await emulator.control.clearRequests()
  const client = await withCookiesOf(request, appUrl)
  for (let view = 0; view < 5; view++) {
    const response = await client.get("/profile")
    expect(await response.text()).toContain("demo@example.com")
    expect(response.headers()["set-cookie"]).toBeUndefined()
  }
  expect(await emulator.control.listRequests()).toEqual([])
})

test("at 61 seconds fifty views on two servers make one request to Bitbucket, and one database statement each", async ({
  request,
  emulator,
  database,
  environment,
  appUrl,
}) => {
  await signIn(request, "/profile")
  await using counter = await startStatementCounter(environment.DATABASE_URL ?? "")
  await using first = await startOwnApp({ ...environment, DATABASE_URL: counter.url })
  await using second = await startOwnApp({ ...environment, DATABASE_URL: counter.url })
  const client = await withCookiesOf(request, appUrl)
  for (const { url } of [first, second]) await client.get(`${url}/profile`)
  await readProfileAgo(database, "61 seconds")
  counter.take()
  await emulator.control.clearRequests()

  const views = Array.from({ length: 50 }, (_, index) =>
    client.get(`${[first, second][index % 2]?.url}/profile`),
  )
  for (const response of await Promise.all(views)) expect(await response.text()).toContain("demo@example.com")

  const age = () =>
    database.query("select now() - profile_read_at < interval '50 seconds' as is_young from connection")
  await expect.poll(async () => (await age()).rows).toEqual([{ is_young: true }])
  await expect.poll(counter.isQuiet).toBe(true)
  expect(await profileRequests(emulator)).toHaveLength(1)
  const statements = counter.take()
  expect(statements.filter((one) => /from "auth_bitbucket".session/.test(one))).toHaveLength(50)
  const behind = statements.filter((one) => !/from "auth_bitbucket".session/.test(one))
  expect(behind.filter((one) => !/set profile_asked_at|into "auth_bitbucket".token_use/.test(one))).toEqual([
    expect.stringMatching(/set "profile"/),
  ])
})

test("the app shows a profile that is a few minutes old with its age, without waiting, and asks Bitbucket after the response", async ({
  page,
  emulator,
  database,
  appUrl,
}) => {
  await signInFrom(page, "/profile")
  const client = await withCookiesOf(page, appUrl)
  await readProfileAgo(database, "3 minutes")
  await emulator.control.clearRequests()
  await emulator.control.changeConfig({ latency_ms: 4_000 })

  const look = async () => (await client.get("/profile")).text()
  const asOfBefore = /Read from Bitbucket .*3 minutes ago/
  expect(await look()).toMatch(asOfBefore)
  const answered = (await profileRequests(emulator)).filter(({ status }) => status !== null)
  expect(answered, "Bitbucket's answers that the page could have waited for").toEqual([])
  await Promise.all(Array.from({ length: 20 }, look))

  await expect.poll(() => profileRequests(emulator)).toMatchObject([{ status: 200 }])
  await expect(async () => {
    await page.reload()
    await expect(page.getByText("Read from Bitbucket just now")).toBeVisible({ timeout: 500 })
  }).toPass()
  expect(await profileRequests(emulator)).toHaveLength(1)
})

test("the second view reports a grant revoked just after the profile was read, and then asks for a sign-in", async ({
  page,
  emulator,
  database,
}) => {
  await signInFrom(page, "/profile")
  await emulator.control.revokeGrants("demo")
  await readProfileAgo(database, "2 minutes")
  await page.reload()
  await expect(page.getByText("Read from Bitbucket 2 minutes ago")).toBeVisible()
  await expect
    .poll(async () => (await database.query("select status from connection")).rows)
    .toEqual([{ status: "dead" }])
  await page.reload()
  await expect(page).toHaveURL(/\/signin\?next=%2Fprofile&reason=reauthorization/)
})

test("a profile that has changed at Bitbucket replaces the previous one", async ({ page, database }) => {
  await signInFrom(page, "/profile")
  await database.query(
    `update connection set profile = jsonb_set(profile, '{account,displayName}', '"Former Name"')`,
  )
  await readProfileAgo(database, "1 hour")
  await page.reload()
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Demo Person")
  await expect(page.getByRole("main").getByRole("heading", { level: 2 })).toHaveCount(3)
  await expect(page.getByRole("region", { name: "Email addresses" })).toHaveCount(1)
})

test("the connection page asks Bitbucket at each view, however recent the profile is", async ({
  page,
  emulator,
}) => {
  await signInFrom(page, "/integrations/bitbucket")
  await emulator.control.clearRequests()
  await page.reload()
  await page.reload()
  await expect(page.getByText("Connected", { exact: true }).first()).toBeVisible()
  expect(await profileRequests(emulator)).toHaveLength(2)
  await emulator.control.revokeGrants("demo")
  await page.reload()
  await expect(page.getByText("Bitbucket ended this connection").first()).toBeVisible()
})
