import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { obtainGrant } from "@/test/bitbucket-grant"
import { createApi } from "./api.ts"
import { areAllReadable, confirmedPrimaryEmail, isAddress, listEmails } from "./emails.ts"
import { readAll } from "./list.ts"

let emulator: Emulator
let accessToken: string

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 })
})

beforeEach(async () => {
  await emulator.reset()
  ;({ accessToken } = await obtainGrant(emulator.siteUrl, "demo"))
})

afterAll(() => emulator.close())

/** Reads addresses where Bitbucket lists these entries. */
async function read(entries: unknown[]) {
  await emulator.control.addFault({
    match: { path: "/2.0/user/emails" },
    kind: "status",
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ values: entries, size: entries.length, pagelen: 10, page: 1 }),
  })
  const api = createApi({ getToken: () => accessToken, urls: { api: emulator.apiUrl } })
  return (await readAll(listEmails(api))).items
}

const primary = (email: unknown) => ({ type: "email", email, is_primary: true, is_confirmed: true })

describe("an address that Bitbucket has confirmed", () => {
  test.each([
    "plain@mail.example",
    "UPPER@MAIL.EXAMPLE",
    "o'neil@mail.example",
    "x@mail.museum",
    "info@xn--e1afmkfd.xn--p1ai",
    "kim@sld.xn--3e0b707e",
    "müller@mail.example",
    "info@müller.example",
    "почта@пример.рф",
    "用户@例子.公司",
    "a&b@mail.example",
    "a/b=c@mail.example",
    "x#y@mail.example",
    "x~y@mail.example",
    "{x}|`y`@mail.example",
    "a+tag@mail.example",
    '"john doe"@mail.example',
    '"john@home"@mail.example',
    '"a\\"@b"@mail.example',
    'a."b c".d@mail.example',
    "root@localhost",
    "x@[192.0.2.1]",
    "x@[IPv6:2001:db8::1]",
    "a@b",
  ])("is the person's, written as it came: %s", async (address) => {
    const emails = await read([primary(address)])
    expect(emails).toEqual([{ address, isPrimary: true, isConfirmed: true }])
    expect(confirmedPrimaryEmail(emails)).toBe(address)
  })
})

describe("an entry that this app cannot read", () => {
  test.each([
    ["no text", primary(7)],
    ["no address at all", { ...primary("a@b.example"), email: undefined }],
    ["an empty address", primary("")],
    ["text without an at sign", primary("no at sign")],
    ["two at signs", primary("a@b@c.example")],
    ["nothing behind the at sign", primary("a@")],
    ["nothing before the at sign", primary("@b")],
    ["a line break", primary("a\nb@mail.example")],
    ["NEL, a control character beyond ASCII", primary("a\u0085b@mail.example")],
    ["a direction override", primary("a\u202eb@mail.example")],
    ["more text than any address has", primary(`${"a".repeat(400)}@mail.example`)],
    ["an unknown mark", { ...primary("a@b.example"), is_confirmed: "yes" }],
    ["a missing mark", { ...primary("a@b.example"), is_primary: undefined }],
    ["nothing that is an entry", null],
  ])("counts as unreadable and not as absent: %s", async (_, entry) => {
    const emails = await read([entry, { ...primary("other@b.example"), is_primary: false }])
    expect(emails).toEqual([
      { address: null, isPrimary: false, isConfirmed: false },
      { address: "other@b.example", isPrimary: false, isConfirmed: true },
    ])
    expect(confirmedPrimaryEmail(emails)).toBeNull()
    expect(areAllReadable(emails)).toBe(false)
  })

  test("does not affect the address that counts", async () => {
    const emails = await read([primary("a@b.example"), { email: 7 }])
    expect(confirmedPrimaryEmail(emails)).toBe("a@b.example")
  })
})

test("all addresses are known only if each of them can be read", () => {
  const email = { address: "a@b.example", isPrimary: true, isConfirmed: false }
  expect([null, [], [email], [email, { ...email, address: null }]].map(areAllReadable)).toEqual([
    false,
    true,
    true,
    false,
  ])
})

test("half an emoji in an address is replaced before the address is judged", async () => {
  expect(await read([primary("a\ud83d@b.example")])).toMatchObject([{ address: "a\ufffd@b.example" }])
})

test("a long run of quotes is judged in no time", () => {
  const startedAt = performance.now()
  expect(isAddress(`${'"\\'.repeat(100_000)}@b`)).toBe(false)
  expect(isAddress(`${'"\\'.repeat(150)}@b`)).toBe(true)
  expect(performance.now() - startedAt).toBeLessThan(1_000)
})
