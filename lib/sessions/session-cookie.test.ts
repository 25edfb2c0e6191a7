import { decode, encode } from "@auth/core/jwt"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { cookieSecret } from "@/lib/env/schema"
import { authSecret, stubEnvironment } from "@/test/stub-environment"
import { readSessionCookie, sealSessionCookie, sessionCookieName } from "./session-cookie"

const claims = { sub: "{account}", sid: "session" }

beforeEach(() => {
  stubEnvironment()
})

afterEach(() => {
  vi.useRealTimers()
})

const cookieOf = (token: object, maxAge = 60) =>
  encode({ token, secret: cookieSecret(authSecret), salt: sessionCookieName(), maxAge })

test("a session cookie that version 0.1.0 made with AUTH_SECRET itself is still read", async () => {
  const cookie = await encode({ token: claims, secret: authSecret, salt: sessionCookieName() })
  expect(await readSessionCookie(cookie)).toEqual(claims)
})

test("a session cookie says whose it is, and nothing else that is in it", async () => {
  const cookie = await cookieOf({ ...claims, name: "Demo" })
  expect(await readSessionCookie(cookie)).toEqual(claims)
  expect(await readSessionCookie(cookie)).toEqual(claims)
})

test("a sealed session cookie is Auth.js's own, so another server reads the same from it", async () => {
  const cookie = await sealSessionCookie(claims, 60)
  const salt = sessionCookieName()
  const there = await decode({ token: cookie, secret: cookieSecret(authSecret), salt })
  expect(there).toMatchObject({ ...claims, exp: (there?.iat ?? 0) + 60 })
})

test.each([
  ["that was accepted before", cookieOf],
  ["that this server has sealed", sealSessionCookie],
])("a cookie %s is refused once it has expired", async (_, seal) => {
  const cookie = await seal(claims, 60)
  expect(await readSessionCookie(cookie)).toEqual(claims)
  vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ["Date"] })
  expect(await readSessionCookie(cookie)).toBeNull()
})

test.each([
  ["a Data Center", "https://git.example#7"],
  ["a Data Center, as 0.1.0 wrote it", "datacenter:7"],
  ["no server", "7"],
])("a cookie for a person of %s gives no access to Bitbucket Cloud", async (_, sub) => {
  expect(await readSessionCookie(await cookieOf({ ...claims, sub }))).toBeNull()
})

test("a cookie that was altered, is not ours or names no account is refused, however often it comes", async () => {
  const good = await cookieOf(claims)
  expect(await readSessionCookie(good)).toEqual(claims)
  const altered = `${good.slice(0, -2)}${good.endsWith("AA") ? "BB" : "AA"}`
  const foreign = await encode({
    token: claims,
    secret: "another-secret-of-thirty-two-chars",
    salt: sessionCookieName(),
  })
  for (const cookie of [altered, foreign, await cookieOf({ sub: "{account}" }), "x", "", undefined])
    for (let time = 0; time < 2; time++) expect(await readSessionCookie(cookie)).toBeNull()
})
