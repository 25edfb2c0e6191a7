import fc from "fast-check"
import { describe, expect, test, vi } from "vitest"
import { allTargets } from "@/test/hostile-targets"
import { stubEnvironment } from "@/test/stub-environment"
import { addressWithin, DEFAULT_RETURN_PATH, parseReturnPath, readReturnPath } from "./return-path"

const received = vi.hoisted(() => ({ host: "" }))
vi.mock("next/headers", () => ({ headers: async () => new Headers({ host: received.host }) }))

const origin = "https://app.example"

function landsOn(result: string): string {
  return new URL(result, origin).origin
}

describe("the return path", () => {
  test.each(["/", "/profile", "/integrations/bitbucket?tab=scopes#expiry", "/a/%E2%9C%93?q=%2F%2Fx"])(
    "keeps a path of this app: %s",
    (value) => {
      expect(parseReturnPath(value, origin)).toBe(value)
    },
  )

  test("reads an absolute address of this app as its path", () => {
    expect(parseReturnPath(`${origin}/sessions?all=1`, origin)).toBe("/sessions?all=1")
  })

  test.each([
    "//evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "https:evil.example",
    "https://app.example//evil.example",
    "https://app.example/\\evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "https://app.example@evil.example",
    "https://app.example.evil.example",
    "http://app.example/profile",
    "https://app.example:8443/",
    "https://user:password@app.example/profile",
    "https://%",
    "\ud800",
    "",
  ])("sends %j to the default page", (value) => {
    expect(parseReturnPath(value, origin)).toBe(DEFAULT_RETURN_PATH)
  })

  test.each([undefined, null, 7, ["/profile"], { x: 1 }])(
    "sends %j, which is no text, to the default page",
    (value) => {
      expect(parseReturnPath(value, origin)).toBe(DEFAULT_RETURN_PATH)
    },
  )

  test.each([
    "/api/auth/signout",
    "/%61pi/auth/signout",
    "/signin?next=/signin",
    "/oauth/bitbucket/authorize",
    "/auth/error",
  ])("never leads back to %s, which would start or end something", (value) => {
    expect(parseReturnPath(value, origin)).toBe(DEFAULT_RETURN_PATH)
  })

  test("never makes a cookie grow: a path of 9 kB is not kept", () => {
    expect(parseReturnPath(`/${"a".repeat(9_000)}`, origin)).toBe(DEFAULT_RETURN_PATH)
  })

  test("stays on the app's origin for every hostile value of the browser tests", () => {
    const values = allTargets(origin)
    expect(values.length).toBeGreaterThan(3_000)
    const leaks = values.filter((value) => landsOn(parseReturnPath(value, origin)) !== origin)
    expect(leaks).toEqual([])
  })

  test("stays on the app's origin whatever it is given, and gives the same for its own result", () => {
    const piece = fc.constantFrom(
      "/",
      "\\",
      "//",
      "@",
      ":",
      "?",
      "#",
      ".",
      "..",
      "%2f",
      "%5c",
      "\t",
      "\n",
      "https:",
      "evil.example",
      "app.example",
    )
    const crafted = fc
      .array(fc.oneof(piece, fc.string({ unit: "binary", maxLength: 4 })), { maxLength: 12 })
      .map((parts) => parts.join(""))
    fc.assert(
      fc.property(fc.oneof(crafted, fc.string({ unit: "binary" }), fc.webUrl()), (value) => {
        const result = parseReturnPath(value, origin)
        expect(landsOn(result)).toBe(origin)
        expect(result).toMatch(/^\/(?![/\\])/)
        expect(parseReturnPath(result, origin)).toBe(result)
      }),
      { numRuns: 3_000 },
    )
  })
})

test.each([
  ["/sessions?page=2#last", "/sessions?page=2#last"],
  ["//evil.example/sessions", "/profile"],
  ["/\\evil.example", "/profile"],
  ["https://evil.example", "/profile"],
  ["javascript:alert(1)", "/profile"],
  ["https://%", "/profile"],
])("a redirect to %s stays on the app", (path, landing) => {
  stubEnvironment({ AUTH_URL: origin })
  expect(addressWithin(new Request(`${origin}/api/auth/callback/bitbucket`), path)).toBe(origin + landing)
})

test.each([
  ["app.example", "/sessions"],
  ["[", DEFAULT_RETURN_PATH],
  ["a b", DEFAULT_RETURN_PATH],
  ["app.example:99999", DEFAULT_RETURN_PATH],
  ["user:password@app.example", "/sessions"],
  ["app.example/path?query", "/sessions"],
  ["", DEFAULT_RETURN_PATH],
])("a page reads where to return to whatever Host says: %j", async (host, path) => {
  stubEnvironment({ AUTH_URL: origin })
  received.host = host
  expect(await readReturnPath(Promise.resolve({ next: "/sessions" }))).toBe(path)
})
