import { expect, test } from "vitest"
import { connection } from "@/lib/db/schema"
import { connect, grant } from "@/test/connection-server"
import { createTestDatabase } from "@/test/database"
import { CLOUD_ISSUER, dataCenterIdentity, issuer, issuerOf } from "./identity"

const uuid = "{11111111-2222-4333-8444-555555555555}"

const identities: [string, string | null][] = [
  [uuid, CLOUD_ISSUER],
  ["https://git.example#7", "https://git.example"],
  ["https://git.example/bitbucket#7", "https://git.example/bitbucket"],
  ["http://localhost:7990/a%23b#007", "http://localhost:7990/a%23b"],
  ["datacenter:7", null],
  ["7", null],
  ["", null],
  ["#7", null],
  ["https://git.example#", null],
  ["https://git.example#x", null],
  ["ftp://git.example#7", null],
]

test.each(identities)("the issuer of the identity %j is %j", (identity, expected) => {
  expect(issuerOf(identity)).toBe(expected)
})

test("the database computes the issuer of every identity by the same rule", async () => {
  const { db } = await createTestDatabase()
  for (const [identity] of identities) await connect(db, grant, identity)
  const rows = await db
    .select({ identity: connection.accountUuid, issuer: connection.issuer })
    .from(connection)
  expect(rows.map(({ identity, issuer }) => [identity, issuer]).toSorted()).toEqual(identities.toSorted())
})

test("the same number at two servers is two people", () => {
  const people = [
    dataCenterIdentity("https://a.example", 7),
    dataCenterIdentity("https://b.example", 7),
    dataCenterIdentity("https://a.example/7", 7),
    dataCenterIdentity("https://a.example", 77),
  ]
  expect(new Set(people).size).toBe(4)
  expect(people.map(issuerOf)).toEqual([
    "https://a.example",
    "https://b.example",
    "https://a.example/7",
    "https://a.example",
  ])
})

test("Bitbucket Cloud is one issuer wherever an emulator of it is, and each Data Center is one by its base address", () => {
  const site = "http://127.0.0.1:4100"
  expect(issuer({ BITBUCKET_KIND: "cloud", BITBUCKET_SITE_URL: site })).toBe("https://bitbucket.org")
  expect(issuer({ BITBUCKET_KIND: "datacenter", BITBUCKET_SITE_URL: `${site}/git` })).toBe(`${site}/git`)
})
