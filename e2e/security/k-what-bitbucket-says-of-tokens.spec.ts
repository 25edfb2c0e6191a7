import type { FaultInput } from "bitbucket-emulator"
import { answering, good, person, tokens, user } from "./hostile-answers"
import { startSilentListener } from "./hostile-api"
import { expect, test } from "./suite"
import { failureOf } from "./visitor"

test("K5 a refresh that Bitbucket answers with anything but tokens ends nothing", async ({
  visitor,
  emulator,
  database,
}) => {
  await visitor.signIn()
  const bodies: FaultInput[] = [
    tokens("", { kind: "html" }),
    tokens("", { status: 204 }),
    tokens(good, { status: 201 }),
    tokens('{"access_token": "x", "token_ty'),
    tokens(`${JSON.stringify(good)} trailing garbage`),
    tokens({ error: "invalid_grant" }),
    tokens("", { status: 500 }),
    tokens("[]"),
    tokens({ ...good, access_token: undefined }),
    tokens({ ...good, token_type: "mac" }),
    tokens({ ...good, access_token: "a\r\nb" }),
    tokens("", { kind: "reset" }),
    tokens("", { kind: "truncate" }),
  ]
  for (const fault of bodies) {
    await database.query("update connection set expires_at = now() - interval '1 second', retry_at = null")
    await emulator.control.addFault(fault)
    const answer = await visitor.send("/api/token/refresh", { method: "POST" })
    expect([answer.status, answer.text], String(fault.body)).toEqual([
      503,
      '{"error":"bitbucket_unavailable"}',
    ])
    expect(Number(answer.headers["retry-after"])).toBeGreaterThanOrEqual(1)
    expect((await database.query("select status from connection")).rows).toEqual([{ status: "active" }])
    await emulator.control.clearFaults()
  }
  await database.query("update connection set retry_at = null")
  expect((await visitor.send("/profile")).text).toContain("Demo Person")
})

test("K5 a byte order mark before JSON and another charset in its type do no harm", async ({
  visitor,
  emulator,
}) => {
  await emulator.control.addFault(user(`\ufeff${JSON.stringify(person)}`, { times: 1 }))
  expect(failureOf(await visitor.signIn())).toBeNull()
  const type = { "content-type": "application/json; charset=iso-8859-1" }
  await emulator.control.addFault(user(person, { headers: type, times: 1 }))
  expect(failureOf(await visitor.signIn())).toBeNull()
})

test("K6 the app follows no redirect from Bitbucket: it sends nothing again, to Bitbucket or elsewhere", async ({
  visitor,
  emulator,
}) => {
  await using elsewhere = await startSilentListener()
  for (const status of [301, 302, 303, 307, 308])
    for (const location of [
      `${elsewhere.url}/x`,
      `${emulator.siteUrl}/site/oauth2/access_token`,
      "/2.0/user",
    ])
      for (const fault of [
        tokens("", { status, headers: { location } }),
        user("", { status, headers: { location } }),
      ]) {
        await emulator.control.addFault(fault)
        await emulator.control.clearRequests()
        expect(failureOf(await visitor.signIn())).toBe("bitbucket_unavailable")
        const asked = (await emulator.control.listRequests()).filter(({ path }) => path === fault.match?.path)
        expect(asked, `${status} to ${location}`).toHaveLength(1)
        await emulator.control.clearFaults()
      }
  expect(elsewhere.heard).toEqual([])
})

test("K7 however long Bitbucket says a token lives, the app uses a minute to a day", async ({
  visitor,
  emulator,
  database,
}) => {
  await visitor.signIn()
  for (const [expiresIn, seconds] of [
    ['"3600"', 3_600],
    ["0", 60],
    ["-1", 60],
    ["1e300", 86_400],
    ["1e999", 60],
    ['"NaN"', 60],
    ["null", 7_200],
    ["{}", 60],
    ["7200.5", 7_201],
    [null, 7_200],
  ] as const) {
    await database.query("update connection set expires_at = now() - interval '1 second', retry_at = null")
    const body = `{"access_token": "made-up", "token_type": "bearer"${expiresIn ? `, "expires_in": ${expiresIn}` : ""}}`
    await emulator.control.addFault(tokens(body))
    expect((await visitor.send("/api/token/refresh", { method: "POST" })).status, String(expiresIn)).toBe(200)
    const { rows } = await database.query(
      "select extract(epoch from expires_at - issued_at)::int as lifetime from connection",
    )
    expect(rows, String(expiresIn)).toEqual([{ lifetime: seconds }])
    await emulator.control.clearFaults()
  }
})

test("K8 the app refuses a token that no header can carry and stores it nowhere", async ({
  visitor,
  emulator,
  database,
  appLog,
}) => {
  for (const bad of [
    "canary\r\nX-Evil: 1",
    "canary\u0000",
    "canary-é",
    "canary token",
    "",
    "canary\n",
    "canary\u2028",
  ])
    for (const member of ["access_token", "refresh_token"]) {
      await emulator.control.addFault(tokens({ ...good, [member]: bad }))
      await emulator.control.addFault(user(person))
      expect(failureOf(await visitor.signIn()), JSON.stringify([member, bad])).toBe("bitbucket_unavailable")
      await emulator.control.clearFaults()
    }
  expect((await database.query("select 1 from connection")).rowCount).toBe(0)
  expect(appLog()).not.toContain("canary")
})

test("K9 the app records the scopes that were granted, and says if one is missing", async ({
  visitor,
  emulator,
  database,
}) => {
  const signInWith = async (scopes: object) => {
    await emulator.control.addFault(tokens({ ...good, ...scopes }))
    await emulator.control.addFault(user(person))
    await emulator.control.addFault(
      answering(
        "/2.0/user/emails",
        { type: "error", error: { detail: { required: ["email"], granted: ["account"] } } },
        { status: 403 },
      ),
    )
    expect(failureOf(await visitor.signIn())).toBeNull()
    const page = await visitor.send("/profile")
    await emulator.control.clearFaults()
    return { page: page.text, scopes: (await database.query("select scopes from connection")).rows[0].scopes }
  }
  const narrower = await signInWith({ scope: "account" })
  expect(narrower.scopes).toEqual(["account"])
  expect(narrower.page).toContain("does not let this site see your addresses")
  expect((await signInWith({ scope: "account email repository:write" })).scopes).toEqual([
    "account",
    "email",
    "repository:write",
  ])
  expect((await signInWith({ scopes: "account, email" })).scopes).toEqual(["account", "email"])
  expect((await signInWith({ token_type: "BEARER" })).scopes).toEqual(["account", "email"])
})

test("K9 without the scope that identifies the person, a page says what the site's owner has to do", async ({
  visitor,
  emulator,
}) => {
  const body = { type: "error", error: { detail: { required: ["account"], granted: ["email"] } } }
  await emulator.control.addFault(user(body, { status: 403 }))
  expect(failureOf(await visitor.signIn())).toBe("missing_scope")
})
