import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { obtainGrant } from "@/test/bitbucket-grant"
import { createClient } from "../client.ts"
import { readAccountWithEmails } from "./account.ts"

let emulator: Emulator
let accessToken: string

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 })
})

beforeEach(async () => {
  await emulator.reset()
  ;({ accessToken } = await obtainGrant(emulator.siteUrl, "zoe"))
})

afterAll(() => emulator.close())

const client = () =>
  createClient({ getToken: () => accessToken, urls: { site: emulator.siteUrl, api: emulator.apiUrl } })

const answerWith = (status: number, body: string, contentType = "application/json", headers = {}) =>
  emulator.control.addFault({
    match: { origin: "api" },
    kind: "status",
    status,
    body,
    headers: { "content-type": contentType, ...headers },
    times: null,
  })

describe("an account with its addresses", () => {
  test("is the account and its addresses, read at the same time", async () => {
    const { account, emails } = await readAccountWithEmails(client(), { requireEmails: true })
    expect(account).toMatchObject({
      displayName: "Zoë Ångström-Жукова",
      nickname: "zoë",
      location: "Malmö",
    })
    expect(account.avatarUrl).toMatch(new RegExp(`^${emulator.siteUrl}/`))
    expect(emails).toContainEqual({ address: "zoe@example.com", isPrimary: true, isConfirmed: true })
  })

  test("has no addresses if the scope was not granted, and that is not a failure", async () => {
    await emulator.control.addFault({
      match: { path: "/2.0/user/emails" },
      kind: "status",
      status: 403,
      headers: { "content-type": "application/json" },
      body: '{"type": "error", "error": {"message": "Your credentials lack one or more required privilege scopes.", "detail": {"granted": ["account"], "required": ["email"]}}}',
    })
    expect(await readAccountWithEmails(client(), { requireEmails: true })).toMatchObject({ emails: null })
  })

  test("works without addresses that it cannot read just now, unless they are required", async () => {
    await emulator.control.addFault({
      match: { path: "/2.0/user/emails" },
      kind: "status",
      status: 503,
      times: null,
    })
    expect(await readAccountWithEmails(client(), { requireEmails: false })).toMatchObject({
      account: { nickname: "zoë" },
      emails: null,
    })
    await expect(readAccountWithEmails(client(), { requireEmails: true })).rejects.toMatchObject({
      code: "unavailable",
    })
  })
})

describe("each refusal of Bitbucket's API has its own code", () => {
  const plausible = '{"uuid": "{11111111-2222-4333-8444-555555555555}", "display_name": "Plausible"}'

  test.each([
    [401, plausible, { code: "unauthorized", isTransient: false }],
    [400, plausible, { code: "refused", isTransient: false }],
    [403, plausible, { code: "forbidden", isTransient: false }],
    [404, plausible, { code: "not_found", isTransient: false }],
    [429, plausible, { code: "rate_limited", isTransient: true }],
    [500, plausible, { code: "unavailable", isTransient: true }],
    [503, plausible, { code: "unavailable", isTransient: true }],
    [201, plausible, { code: "unexpected_answer", isTransient: true }],
    [200, "{}", { code: "unexpected_answer" }],
    [200, "[]", { code: "unexpected_answer" }],
    [200, '{"links": {}}', { code: "unexpected_answer" }],
    [200, "not json", { code: "unexpected_answer" }],
  ])("%i with %s", async (status, body, expected) => {
    await answerWith(status, body)
    await expect(client().user()).rejects.toMatchObject(expected)
  })

  test("403 names the scopes that are missing", async () => {
    await answerWith(
      403,
      '{"type": "error", "error": {"detail": {"granted": ["email"], "required": ["account", "email"]}}}',
    )
    await expect(client().user()).rejects.toMatchObject({
      code: "insufficient_scope",
      missingScopes: ["account"],
    })
  })

  test("410 names the announcement of the removal", async () => {
    await answerWith(
      410,
      '{"type": "error", "error": {"message": "CHANGE-2770 - Functionality has been deprecated"}}',
    )
    await expect(client().user()).rejects.toMatchObject({
      code: "endpoint_removed",
      changeId: "CHANGE-2770",
    })
  })

  test("429 in plain text says when to come back", async () => {
    await answerWith(429, "Rate limit for this resource has been exceeded", "text/plain", {
      "retry-after": "17",
    })
    await expect(client().user()).rejects.toMatchObject({
      code: "rate_limited",
      retryAfterSeconds: 17,
    })
  })

  test("a page with status 200 is no profile, whatever it holds", async () => {
    await answerWith(200, plausible, "text/html")
    await expect(client().user()).rejects.toMatchObject({ code: "unexpected_answer" })
  })

  test("no error repeats the token", async () => {
    await answerWith(500, accessToken)
    const error: unknown = await client()
      .user()
      .catch((thrown: unknown) => thrown)
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(accessToken.slice(0, 30))
  })
})
