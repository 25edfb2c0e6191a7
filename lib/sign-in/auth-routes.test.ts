import { NextRequest } from "next/server"
import { expect, test, vi } from "vitest"
import { answerAuthRoute } from "./auth-routes"

const authHandler = vi.fn(async () => new Response())

const ask = (method: string, path: string) =>
  answerAuthRoute(new NextRequest(`https://app.example${path}`, { method }), authHandler)

test.each([
  "/api/auth",
  "/api/auth/",
  "/api/auth/verify-request",
  "/api/auth/webauthn-options/bitbucket",
  "/api/auth/signin/github",
  "/api/auth/signin/bitbucket-oauth1",
  "/api/auth/signin/__proto__",
  "/api/auth/callback",
  "/api/auth/callback/github",
  "/api/auth/callback/Bitbucket",
  "/api/auth/callback/bitbucket/x",
  "/api/auth/callback/bitbucket%2f",
  "/api/auth/callback%2fbitbucket",
  "/api/auth/callback/..%2fbitbucket",
  "/api/auth/%63srf",
  "/api/auth/constructor",
  "/API/AUTH/csrf",
])("Auth.js does not get %s, which answers 404 to every method", async (path) => {
  for (const method of ["GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE"])
    expect((await ask(method, path)).status, method).toBe(404)
  expect(authHandler).not.toHaveBeenCalled()
})

test.each([
  ["/api/auth/callback/bitbucket", "GET"],
  ["/api/auth/csrf", "GET, HEAD"],
  ["/api/auth/error", "GET, HEAD"],
  ["/api/auth/providers", "GET, HEAD"],
  ["/api/auth/session", "GET, HEAD"],
  ["/api/auth/signin", "GET, HEAD"],
  ["/api/auth/signin/bitbucket", "GET, HEAD, POST"],
  ["/api/auth/signout", "GET, HEAD, POST"],
])("%s answers to %s and refuses other methods", async (path, allow) => {
  const allowed = allow.split(", ")
  for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].filter(
    (one) => !allowed.includes(one),
  )) {
    const { status, headers } = await ask(method, path)
    expect([status, headers.get("allow")], method).toEqual([405, allow])
  }
  const options = await ask("OPTIONS", path)
  expect([options.status, options.headers.get("allow")]).toEqual([204, allow])
  expect(authHandler).not.toHaveBeenCalled()
})
