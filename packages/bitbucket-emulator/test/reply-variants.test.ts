import { describe, expect, test } from "vitest"
import type { FaultInput } from "../index.ts"
import { readBody, type UserBody } from "./api-bodies.ts"
import { callApi, obtainTokens, refresh } from "./oauth-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()

type Variant = NonNullable<FaultInput["variant"]>

async function refreshWith(variant: Variant) {
  const { refreshToken } = await obtainTokens(emulator.current)
  await emulator.current.control.addFault({ kind: "variant", variant })
  return refresh(emulator.current, refreshToken)
}

describe("a token response in another shape", () => {
  test.each<[Variant, Record<string, unknown>]>([
    ["token_type_capitalised", { token_type: "Bearer" }],
    ["token_type_absent", { token_type: undefined }],
    ["expires_in_string", { expires_in: "7200" }],
    ["expires_in_zero", { expires_in: 0 }],
    ["expires_in_negative", { expires_in: -1 }],
    ["expires_in_absent", { expires_in: undefined }],
    ["refresh_token_absent", { refresh_token: undefined }],
    ["scope_absent", { scope: undefined, scopes: undefined }],
    ["scope_and_scopes", { scope: "account email", scopes: "account email" }],
    ["scope_commas", { scope: "account,email" }],
  ])("%s", async (variant, members) => {
    const { status, body } = await refreshWith(variant)
    expect(status).toBe(200)
    expect(body).toMatchObject({ state: "refresh_token", access_token: expect.any(String) })
    for (const [name, value] of Object.entries(members)) expect(body[name], name).toBe(value)
  })

  test("duplicate_keys: every member twice, the second time with its value", async () => {
    const { text, body } = await refreshWith("duplicate_keys")
    expect(text.match(/"access_token": /g)).toHaveLength(2)
    expect((await callApi(emulator.current, "/2.0/user", String(body.access_token))).status).toBe(200)
  })

  test("the older contract's key is varied as well", async () => {
    await emulator.current.control.changeConfig({ contract: "2017" })
    expect((await refreshWith("scope_commas")).body.scopes).toBe("account,email")
  })
})

describe("an API answer in another shape", () => {
  test("links_absent: no links, at any depth", async () => {
    const client = { key: "emulatorReposKey12", secret: "emulatorReposSecret1234567890123" }
    const { accessToken } = await obtainTokens(emulator.current, { client })
    for (const path of ["/2.0/user", "/2.0/repositories/emulated-works"]) {
      await emulator.current.control.addFault({ kind: "variant", variant: "links_absent" })
      const text = await (await callApi(emulator.current, path, accessToken)).text()
      expect(text).toContain('"uuid"')
      expect(text).not.toContain('"links"')
    }
  })

  test("values_empty: a listing of nothing", async () => {
    const { accessToken } = await obtainTokens(emulator.current)
    await emulator.current.control.addFault({ kind: "variant", variant: "values_empty" })
    const response = await callApi(emulator.current, "/2.0/user/workspaces?pagelen=1", accessToken)
    expect(await response.json()).toEqual({ pagelen: 1, values: [], size: 0, page: 1 })
  })

  test("a response other than JSON stays as it is", async () => {
    await emulator.current.control.addFault({ kind: "variant", variant: "links_absent" })
    const response = await fetch(emulator.current.siteUrl)
    expect(await response.text()).toContain("<!doctype html>")
  })
})

test.each([
  [404, "Not Found"],
  [429, "Rate limit for this resource has been exceeded"],
])(
  "a status fault of %i has Bitbucket's plain text unless it sets its own (BB-P9, BB-P12)",
  async (status, body) => {
    await emulator.current.control.addFault({ kind: "status", status })
    const response = await callApi(emulator.current, "/2.0/user", "")
    expect([response.status, await response.text()]).toEqual([status, body])
  },
)

test("a variant without a name, and a name without the kind, are refused", async () => {
  const { control } = emulator.current
  await expect(control.addFault({ kind: "variant" })).rejects.toThrow("links_absent")
  await expect(control.addFault({ kind: "reset", variant: "links_absent" })).rejects.toThrow(
    "no other kind does",
  )
})

describe("probability", () => {
  async function strikes(fault: Partial<FaultInput>): Promise<string> {
    await emulator.current.control.clearFaults()
    await emulator.current.control.addFault({ kind: "status", status: 500, times: null, ...fault })
    let pattern = ""
    for (let call = 0; call < 60; call += 1) {
      pattern += (await callApi(emulator.current, "/2.0/user", "")).status === 500 ? "x" : "."
    }
    return pattern
  }

  test("affects about that share of the requests, the same ones for the same seed", async () => {
    const pattern = await strikes({ probability: 0.5 })
    expect(pattern.replaceAll(".", "").length).toBeGreaterThan(15)
    expect(pattern.replaceAll(".", "").length).toBeLessThan(45)
    expect(await strikes({ probability: 0.5 })).toBe(pattern)
    expect(await strikes({ probability: 0.5, seed: 2 })).not.toBe(pattern)
  })

  test("0 affects none, and times counts only affected requests", async () => {
    expect(await strikes({ probability: 0 })).not.toContain("x")
    expect((await strikes({ probability: 0.3, times: 4 })).replaceAll(".", "")).toBe("xxxx")
  })
})

test("a variant of /2.0/user is still the same person", async () => {
  const { accessToken } = await obtainTokens(emulator.current)
  await emulator.current.control.addFault({ kind: "variant", variant: "links_absent" })
  const response = await callApi(emulator.current, "/2.0/user", accessToken)
  expect((await readBody<UserBody>(response)).username).toBe("demo")
})
