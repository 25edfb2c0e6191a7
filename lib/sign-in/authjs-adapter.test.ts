import { NextRequest } from "next/server"
import { beforeEach, expect, test, vi } from "vitest"
import { stubEnvironment } from "@/test/stub-environment"
import { askAuthjs, authjsFetch } from "./authjs-adapter"

const sent = vi.hoisted(() => vi.fn<typeof fetch>(async () => new Response("{}")))
vi.mock("@/lib/bitbucket/client", () => ({ bitbucketFetch: sent }))

const url = "https://bitbucket.org/site/oauth2/access_token"

beforeEach(() => {
  sent.mockClear()
  stubEnvironment({ AUTH_URL: "http://localhost:3000" })
})

/** Lets a handler in Auth.js's place send a request. */
function sendWithin(codeVerifier: string | undefined, init: RequestInit) {
  const request = new NextRequest("http://localhost:3000/api/auth/callback/bitbucket")
  return askAuthjs(() => authjsFetch(url, init), request, {
    search: "",
    ...(codeVerifier && { codeVerifier }),
  })
}

test("the token request carries the verifier of its flow, whatever Auth.js put there", async () => {
  const body = new URLSearchParams({ code: "code", code_verifier: "decoy" })
  await sendWithin("verifier", { method: "POST", body })
  expect(sent.mock.calls).toEqual([[url, { method: "POST", body }]])
  expect(body.getAll("code_verifier")).toEqual(["verifier"])
})

test.each([
  ["outside of a callback", () => authjsFetch(url, { method: "POST", body: new URLSearchParams("code=1") })],
  [
    "without a verifier",
    () => sendWithin(undefined, { method: "POST", body: new URLSearchParams("code=1") }),
  ],
  ["in a form that cannot take a verifier", () => sendWithin("verifier", { method: "POST", body: "code=1" })],
])("a token request %s is not sent", async (_, send) => {
  await expect(send()).rejects.toThrow("verifier")
  expect(sent).not.toHaveBeenCalled()
})

test("a request without a body goes out as it is", async () => {
  await sendWithin("verifier", { headers: { authorization: "Bearer token" } })
  expect(sent.mock.calls).toEqual([[url, { headers: { authorization: "Bearer token" } }]])
})
