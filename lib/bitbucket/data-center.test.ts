import { confirmedPrimaryEmail } from "auth-bitbucket/client"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { client, obtainDataCenterGrant } from "@/test/bitbucket-grant"
import { stubEnvironment } from "@/test/stub-environment"
import { clientWith } from "./client"
import { getDataCenterProfile } from "./data-center"

let emulator: Emulator

const names = [
  "admin@corp.example",
  "admin_corp.example",
  "Dana",
  "dan",
  "CORP\\dana",
  "dana doe",
  "dana+doe",
  "Жанна/100%",
]
const people = names.map((username) => ({
  username,
  password: username,
  display_name: `The person ${username}`,
  // An address that is another person's name, as directories have it.
  emails: username === "Dana" ? [{ email: "dan@corp.example", is_primary: true, is_confirmed: true }] : [],
}))

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 })
  stubEnvironment({ BITBUCKET_KIND: "datacenter", BITBUCKET_SITE_URL: emulator.siteUrl })
})

beforeEach(async () => {
  const { id: key, secret } = client
  await emulator.control.reset({
    people,
    clients: [{ key, secret, name: "Demo", callback_url: "http://localhost:3000" }],
  })
  await emulator.control.changeConfig({ contract: "datacenter" })
})

afterAll(() => emulator.close())

const tokenOf = async (username: string) =>
  (await obtainDataCenterGrant(emulator.siteUrl, username)).accessToken
const profileOf = async (username: string) => getDataCenterProfile(clientWith(await tokenOf(username)))

/** Has the server's answer about who calls replaced. */
const setCaller = (headers: Record<string, string>, body = "") =>
  emulator.control.addFault({
    match: { path: "/plugins/servlet/applinks/whoami" },
    kind: "status",
    status: 200,
    headers: { "content-type": "text/plain", ...headers },
    body,
    times: null,
  })

/** Has the server list these users, page by page, each time. */
async function listUsers(pages: object[]) {
  for (const page of pages)
    await emulator.control.addFault({
      match: { path: "/rest/api/latest/users" },
      kind: "status",
      status: 200,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(page),
      times: 1,
    })
}

test.each(names)(
  "the person %s is signed in as themselves, and never as a person with a similar name",
  async (name) => {
    const { account } = await profileOf(name)
    expect(account.displayName).toBe(`The person ${name}`)
  },
)

test("no two of them have the same identity", async () => {
  const profiles = await Promise.all(names.map(profileOf))
  expect(new Set(profiles.map(({ account }) => account.uuid)).size).toBe(names.length)
})

test("the app asks the server for the exact name, and for nothing derived from it", async () => {
  const accessToken = await tokenOf("admin_corp.example")
  await emulator.control.clearRequests()
  await getDataCenterProfile(clientWith(accessToken))
  expect((await emulator.control.listRequests()).map(({ path }) => path)).toEqual([
    "/plugins/servlet/applinks/whoami",
    "/rest/api/latest/users",
  ])
})

test.each([
  ["no header and an empty body", {}, ""],
  ["anonymous in the header", { "X-AUSERNAME": "anonymous" }, ""],
  ["anonymous in the header and in the body", { "X-AUSERNAME": "anonymous" }, "anonymous"],
  ["anonymous in the body", {}, "anonymous\n"],
])("no one is signed in if the server says that the token is no user's: %s", async (_, headers, body) => {
  const accessToken = await tokenOf("dan")
  await setCaller(headers, body)
  await expect(getDataCenterProfile(clientWith(accessToken))).rejects.toMatchObject({ code: "unauthorized" })
})

test.each([
  ["a page", {}, "<html>dan</html>"],
  ["a line break", { "X-AUSERNAME": "dan%0A" }, ""],
  ["NUL", { "X-AUSERNAME": "dan%00" }, ""],
  ["broken percent-encoding", { "X-AUSERNAME": "dan%E0%A4%A" }, ""],
  ["a name that is too long", { "X-AUSERNAME": "d".repeat(300) }, ""],
])("no one is signed in by a name that is %s", async (_, headers, body) => {
  const accessToken = await tokenOf("dan")
  await setCaller(headers, body)
  await expect(getDataCenterProfile(clientWith(accessToken))).rejects.toMatchObject({
    code: "unexpected_answer",
  })
})

const user = { id: 7, name: "dan", slug: "dan", displayName: "Dan", active: true, type: "NORMAL" }
const page = (values: unknown[], more: object = { isLastPage: true }) => ({
  size: values.length,
  values,
  ...more,
})

test("half a character and NUL in a profile become what Postgres can store", async () => {
  const accessToken = await tokenOf("dan")
  const text = "a\ud83d\0"
  await setCaller({ "X-AUSERNAME": "dan" })
  await listUsers([
    page([{ ...user, displayName: `Dan ${text}`, slug: text, emailAddress: "d\ud83d@corp.example" }]),
  ])
  const profile = await getDataCenterProfile(clientWith(accessToken))
  expect(profile.account).toMatchObject({ displayName: "Dan a\ufffd\ufffd", username: "a\ufffd\ufffd" })
  expect(JSON.stringify(profile)).not.toMatch(/\\u(?!fffd)/)
  expect(JSON.stringify(profile).isWellFormed()).toBe(true)
})

test.each([
  ["none of that name", [page([])]],
  ["one whose name only contains it", [page([{ ...user, name: "dana" }])]],
  ["one whose name differs in its capitals", [page([{ ...user, name: "DAN" }])]],
  ["one whose slug it is", [page([{ ...user, name: "d@n" }])]],
  ["two of that name", [page([user, { ...user, id: 8 }])]],
  [
    "another of that name on the next page",
    [page([user], { isLastPage: false, nextPageStart: 1 }), page([{ ...user, id: 8 }])],
  ],
  ["one without an id", [page([{ ...user, id: undefined }])]],
  ["a page that does not say whether it is the last", [page([user], {})]],
  ["a page that is not the last and says of no next one", [page([user], { isLastPage: false })]],
])("no one is signed in if the server lists %s", async (_, pages) => {
  const accessToken = await tokenOf("dan")
  await setCaller({ "X-AUSERNAME": "dan" })
  await listUsers(pages)
  await expect(getDataCenterProfile(clientWith(accessToken))).rejects.toMatchObject({
    code: "unexpected_answer",
  })
})

test("the app finds a person on a later page", async () => {
  const accessToken = await tokenOf("dan")
  await setCaller({}, "dan")
  const others = page([{ ...user, id: 8, name: "dana" }], { isLastPage: false, nextPageStart: 100 })
  await listUsers([others, page([user])])
  await emulator.control.clearRequests()
  expect((await getDataCenterProfile(clientWith(accessToken))).account).toMatchObject({ displayName: "Dan" })
})

test("the app gives up on a listing that never ends", async () => {
  const accessToken = await tokenOf("dan")
  await emulator.control.addFault({
    match: { path: "/rest/api/latest/users" },
    kind: "status",
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(page([user], { isLastPage: false, nextPageStart: 1 })),
    times: null,
  })
  await emulator.control.clearRequests()
  await expect(getDataCenterProfile(clientWith(accessToken))).rejects.toMatchObject({
    code: "unexpected_answer",
  })
  expect(await emulator.control.listRequests()).toHaveLength(21)
})

test("no one is signed in if the id in the header differs from the listed one", async () => {
  const accessToken = await tokenOf("dan")
  await setCaller({ "X-AUSERNAME": "dan", "X-AUSERID": "8" })
  await listUsers([page([user])])
  await expect(getDataCenterProfile(clientWith(accessToken))).rejects.toMatchObject({
    code: "unexpected_answer",
  })
  await emulator.control.clearFaults()
  await setCaller({ "X-AUSERNAME": "dan", "X-AUSERID": "7" })
  await listUsers([page([user])])
  expect((await getDataCenterProfile(clientWith(accessToken))).account.accountId).toBe("7")
})

test("an address from Data Center is shown, and does not count as confirmed", async () => {
  const { emails } = await profileOf("Dana")
  expect(emails).toEqual([{ address: "dan@corp.example", isPrimary: true, isConfirmed: false }])
  expect(confirmedPrimaryEmail(emails)).toBeNull()
  expect((await profileOf("dan")).emails).toEqual([])
})
