import { describe, expect, test } from "vitest"
import { accountSchema } from "./account.ts"
import { confirmedPrimaryEmail } from "./emails.ts"

const uuid = "{11111111-2222-4333-8444-555555555555}"
const schema = accountSchema({ site: "https://bitbucket.org", api: "https://api.bitbucket.org" })
const read = (fields: Record<string, unknown>) => schema.safeParse({ uuid, ...fields }).data

describe("an account", () => {
  test("needs a uuid and nothing else", () => {
    expect(read({})).toMatchObject({
      uuid,
      displayName: null,
      accountId: null,
      avatarUrl: null,
      createdOn: null,
    })
  })

  test.each([
    undefined,
    null,
    "",
    7,
    {},
    "no-uuid",
    "{}",
    uuid.slice(1),
    uuid.slice(0, -1),
    `{${uuid}}`,
    ` ${uuid}`,
  ])("is not made of the uuid %j", (wrong) => {
    expect(read({ uuid: wrong })).toBeUndefined()
  })

  test.each([
    ["without braces", uuid.slice(1, -1)],
    ["in capitals", uuid.toUpperCase()],
    ["without braces in capitals", uuid.slice(1, -1).toUpperCase()],
  ])("has the same identity if its uuid comes %s", (_, written) => {
    expect(read({ uuid: written.replace("1111", "aBcD") })?.uuid).toBe(uuid.replace("1111", "abcd"))
  })

  test.each([[[]], [null], ["text"], [{ links: {} }], [{ user: { uuid } }]])("is not made of %j", (body) => {
    expect(schema.safeParse(body).success).toBe(false)
  })

  test("survives fields of the wrong kind", () => {
    expect(
      read({ display_name: { x: 1 }, nickname: 7, created_on: "yesterday", links: [], location: "" }),
    ).toMatchObject({
      displayName: null,
      nickname: null,
      createdOn: null,
      location: null,
    })
  })

  test("has a name of at most 256 characters, without those that would reverse the text around it", () => {
    const name = read({ display_name: `\u202eevil\u0000${"x".repeat(20_000)}` })?.displayName
    expect(name).toHaveLength(256)
    expect(name).toMatch(/^evil/)
  })

  test.each([
    [
      "whose emoji lies across the cut",
      `${"x".repeat(255)}\u{1F600}\u{1F600}`,
      `${"x".repeat(255)}\u{1F600}`,
    ],
    ["of as many emoji as are allowed", "\u{1F600}".repeat(256), "\u{1F600}".repeat(256)],
    [
      "that is longer in units than in characters",
      `x${"\u{1F600}".repeat(128)}`,
      `x${"\u{1F600}".repeat(128)}`,
    ],
  ])("keeps whole characters of a name %s", (_, display_name, kept) => {
    expect(read({ display_name })?.displayName).toBe(kept)
  })

  test.each([
    ["https://secure.gravatar.com/avatar/0123?d=initials", true],
    ["https://bitbucket.org/account/x/avatar/32/", true],
    ["http://secure.gravatar.com/avatar/0123", false],
    ["https://secure.gravatar.com.evil.example/a.png", false],
    ["https://user@secure.gravatar.com/a.png", false],
    ["https://secure.gravatar.com:8443/a.png", false],
    ["https://169.254.169.254/latest", false],
    ["javascript:alert(1)", false],
    ["data:image/svg+xml,<svg/>", false],
    ["", false],
  ])("shows the avatar %s: %s", (href, isShown) => {
    expect(read({ links: { avatar: { href } } })?.avatarUrl !== null).toBe(isShown)
  })
})

describe("the email of a person", () => {
  const primary = { address: "a@example.com", isPrimary: true, isConfirmed: true }
  const other = { address: "b@example.com", isPrimary: false, isConfirmed: true }
  const unconfirmed = { address: "c@example.com", isPrimary: true, isConfirmed: false }

  test.each([
    ["primary and confirmed, wherever it stands", [other, primary], "a@example.com"],
    ["none where the primary one is unconfirmed", [unconfirmed, other], null],
    ["none where two claim to be primary", [primary, { ...other, isPrimary: true }], null],
    ["none where there is none", [], null],
    ["none where they may not be read", null, null],
  ])("is %s", (_, emails, address) => {
    expect(confirmedPrimaryEmail(emails)).toBe(address)
  })
})
