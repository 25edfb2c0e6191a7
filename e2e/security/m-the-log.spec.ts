import type { FaultInput } from "bitbucket-emulator"
import { type OwnApp, startOwnApp } from "../own-app"
import { seedFor } from "../seeds"
import { press } from "./forms"
import { expect, test } from "./suite"
import { Visitor } from "./visitor"

const expire = "update connection set expires_at = now() - interval '1 second', retry_at = null"

/** The events that a server has logged since the last call. */
function listenTo(app: OwnApp) {
  let heard = app.log().length
  return () => {
    const lines = app.log().slice(heard).trim().split("\n")
    heard = app.log().length
    return lines
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }
}

const json = { "content-type": "application/json" }
const refusal = (body: object, status = 400): FaultInput => ({
  match: { grant_type: "refresh_token" },
  kind: "status",
  status,
  headers: json,
  body: JSON.stringify(body),
})

test("M5 each security event is one line, with its request and the UTC time, and only the account id of the person", async ({
  environment,
  emulator,
  database,
}) => {
  await using app = await startOwnApp({ ...environment, LOG_LEVEL: "debug" })
  await emulator.control.reset(seedFor(app.url))
  const visitor = new Visitor({ appUrl: app.url, emulator })
  const eventsSince = listenTo(app)
  const happens = async (what: string, act: () => Promise<unknown>, expected: Record<string, unknown>) => {
    eventsSince()
    await act()
    const events: Record<string, unknown>[] = []
    const found = () => events.filter(({ event }) => event === expected.event)
    await expect
      .poll(() => {
        events.push(...eventsSince())
        return found().length
      })
      .toBeGreaterThanOrEqual(1)
    expect(found(), what).toEqual([expect.objectContaining(expected)])
    for (const event of events) {
      const { level, time, request, ...rest } = event
      expect(level).toEqual(expect.any(Number))
      expect(new Date(String(time)).toISOString()).toBe(time)
      expect(request).toMatch(/^[0-9a-f-]{36}$/)
      for (const name of Object.keys(rest))
        expect([
          "event",
          "account",
          "code",
          "reason",
          "status",
          "attempt",
          "durationMs",
          "count",
          "stack",
        ]).toContain(name)
      if (rest.account !== undefined) expect(rest.account).toMatch(/^\{[0-9a-f-]{36}\}$/)
    }
  }
  const refresh = () => visitor.send("/api/token/refresh", { method: "POST" })
  const refreshWith = (fault?: FaultInput) => async () => {
    await database.query(expire)
    if (fault) await emulator.control.addFault(fault)
    await refresh()
  }
  const account = expect.stringMatching(/^\{/)

  await happens("a sign-in", () => visitor.signIn(), { event: "signed_in", account })
  await happens("a refresh", refreshWith(), { event: "connection_refreshed", account })
  await happens("a refresh in an outage", refreshWith(refusal({}, 503)), {
    event: "connection_refresh_failed",
    account,
    status: 503,
    reason: "unexpected_answer",
  })
  await happens("a refused client", refreshWith(refusal({ error: "unauthorized_client" })), {
    event: "oauth_client_refused",
    account,
  })
  const deadGrant = refusal({ error: "invalid_grant", error_description: "Invalid refresh_token" })
  await happens("a refresh token that another client may have used", refreshWith(deadGrant), {
    event: "connection_dead",
    account,
    reason: "revoked_or_reused",
  })
  await visitor.signIn()
  await database.query("update connection set issued_at = now() - interval '95 days'")
  const expired = async () => {
    await database.query("update connection set expires_at = now() - interval '94 days'")
    await emulator.control.addFault(deadGrant)
    await refresh()
  }
  await happens("a refresh token that expired unused", expired, {
    event: "connection_dead",
    reason: "dead_grant",
  })
  await visitor.signIn()
  const anonymous = new Visitor({ appUrl: app.url, emulator })
  const forged = () => anonymous.send("/api/auth/callback/bitbucket?code=c&state=forged")
  await happens("an unknown state", forged, { event: "sign_in_failed", code: "callback_mismatch" })
  const denied = async () => {
    const other = new Visitor({ appUrl: app.url, emulator })
    await other.send(await other.consent(await other.start(), "demo", "deny"))
  }
  await emulator.control.changeConfig({ remember_allow: false })
  await happens("a refusal at Bitbucket", denied, { event: "sign_in_failed", code: "access_denied" })
  const signOut = () => press(visitor, "/signin", "Sign out")
  await happens("a sign-out", signOut, { event: "signed_out", account })
  await visitor.signIn()
  const disconnect = () => press(visitor, "/integrations/bitbucket", "Disconnect now")
  await happens("a disconnection", disconnect, { event: "disconnected", account })

  const named = await anonymous.send("/api/auth/callback/bitbucket?code=c&state=forged")
  const heard: unknown[] = []
  await expect(() => {
    heard.push(...eventsSince())
    expect(heard.at(-1)).toMatchObject({
      event: "sign_in_failed",
      request: named.headers["x-request-id"],
    })
  }).toPass()
})

test("M6 nothing from a request or Bitbucket can add a line to the log, or colour one", async ({
  environment,
  emulator,
}) => {
  await using app = await startOwnApp({ ...environment, LOG_LEVEL: "debug" })
  await emulator.control.reset(seedFor(app.url))
  const forged = '{"level":30,"event":"signed_in","account":"evil"}'
  const visitor = new Visitor({ appUrl: app.url, emulator })
  const from = app.log().length
  const userAgent = `evil\u001b[31m ${forged}`.replaceAll("\u001b", "%1b")
  await visitor.send(`/api/auth/callback/bitbucket?code=c&state=s%0d%0a${encodeURIComponent(forged)}`, {
    headers: { "user-agent": userAgent, referer: forged },
  })
  for (const error of [`x%0a${encodeURIComponent(forged)}`, "%1b%5b31mevil", "%00evil"])
    await visitor.send(`/api/auth/callback/bitbucket?error=${error}&state=s`)
  await visitor.send(`/%0a${encodeURIComponent(forged)}`)
  await emulator.control.addFault({
    match: { path: "/site/oauth2/access_token" },
    kind: "status",
    status: 400,
    headers: json,
    body: JSON.stringify({ error: `evil\n${forged}`, error_description: `\u001b[31mevil\r\n${forged}` }),
  })
  await visitor.signIn()
  await expect
    .poll(() =>
      app
        .log()
        .slice(from)
        .match(/"event":"sign_in_failed"/g),
    )
    .toHaveLength(5)
  const written = app.log().slice(from)
  expect(written).not.toMatch(/evil|\p{Cc}(?<!\n)/u)
  const events = written
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
  expect(events.filter(({ event }) => event === "signed_in")).toEqual([])
})
