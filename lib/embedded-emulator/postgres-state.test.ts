import { createRouteHandler, postgresState } from "bitbucket-emulator/next"
import { expect, test } from "vitest"
import { openDatabase } from "@/lib/db/client"
import { createTestDatabaseUrl } from "@/test/database"

const baseUrl = "https://app.example/bitbucket-emulator"
const TABLE = `"auth_bitbucket".bitbucket_emulator`

/** Two servers, each with connections of its own. */
async function twoServers() {
  const url = await createTestDatabaseUrl()
  const databases = [openDatabase(url), openDatabase(url)] as const
  const [one, other] = databases.map(({ pool }) => postgresState(pool.query, TABLE))
  if (!one || !other) throw new Error("There are two.")
  return { one, other, close: () => Promise.all(databases.map(({ close }) => close())) }
}

test("two servers that need the table at the same time both have it", async () => {
  const { one, other, close } = await twoServers()
  expect(await Promise.all([one.read(), other.read(), one.read(), other.read()])).toEqual(Array(4).fill(null))
  await close()
})

test("of two servers that write on the same version, the second writes nothing", async () => {
  const { one, other, close } = await twoServers()
  const first = await Promise.all([one.write("a", null), other.write("b", null)])
  expect(first.filter(Boolean)).toHaveLength(1)
  expect(await other.read()).toEqual({ version: 1, document: first[0] ? "a" : "b" })
  expect(await one.write("c", 1)).toBe(true)
  expect(await other.write("d", 1)).toBe(false)
  expect(await other.write("e", null)).toBe(false)
  expect(await other.read()).toEqual({ version: 2, document: "c" })
  await close()
})

test("requests that change the state on two servers at the same time lose none of each other's changes", async () => {
  const { one, other, close } = await twoServers()
  const handlers = [one, other].map((state) =>
    createRouteHandler({ baseUrl, callbackUrl: "https://app.example", state }),
  )
  const grants = await Promise.all(
    Array.from({ length: 10 }, async (_, count) => {
      const response = await handlers[count % 2]?.(
        new Request(`${baseUrl}/site/site/oauth2/access_token`, {
          method: "POST",
          headers: {
            Authorization: `Basic ${btoa("emulatorClientKey1:emulatorClientSecret123456789012")}`,
          },
          body: new URLSearchParams({ grant_type: "client_credentials" }),
        }),
      )
      return { status: response?.status, ...((await response?.json()) as { access_token: string }) }
    }),
  )
  expect(grants.map(({ status }) => status)).toEqual(Array(10).fill(200))
  const { version = 0, document = "" } = (await one.read()) ?? {}
  expect(version).toBe(10)
  for (const { access_token } of grants) expect(document).toContain(access_token)
  await close()
})
