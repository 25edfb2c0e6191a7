import { randomBytes } from "node:crypto"
import { connect, createServer } from "node:net"
import { z } from "zod"
import { freePort, startServer } from "../../scripts/server-process"
import { startApp } from "../app-server"
import { bypassAttempts } from "./bypass-attempts"
import { askFor } from "./flight"
import { leadsTo, send } from "./http"
import { breachesOf, contentOf, protectedPaths, serverActions, shownIn } from "./protected-pages"
import { expect, test } from "./suite"
import { cookieHeader, Visitor } from "./visitor"
import { startAppWithoutMiddleware } from "./without-middleware"

test("E1 the header that marks Next's own subrequests opens no page", async ({ visitor, appUrl }) => {
  await visitor.signIn()
  expect(await breachesOf(appUrl, bypassAttempts().E1, await contentOf(visitor))).toEqual([])
})

test("E2 payloads, segments and prefetches of protected pages reveal nothing to anonymous visitors", async ({
  visitor,
  appUrl,
}) => {
  await visitor.signIn()
  const content = await contentOf(visitor)
  expect(content.length).toBeGreaterThan(4)
  expect(await breachesOf(appUrl, bypassAttempts().E2, content)).toEqual([])
  // The same request with a session succeeds, so the test would have seen the content.
  const headers = { rsc: "1" }
  for (const path of protectedPaths()) {
    const payload = await askFor(visitor, path, { headers })
    expect(shownIn(payload.text, content), path).not.toEqual([])
  }
})

test("E3 the data routes of the Pages Router open no page", async ({ visitor, appUrl }) => {
  await visitor.signIn()
  expect(await breachesOf(appUrl, bypassAttempts().E3, await contentOf(visitor))).toEqual([])
})

test("E4 Next's internal query parameters open no page", async ({ visitor, appUrl }) => {
  await visitor.signIn()
  expect(await breachesOf(appUrl, bypassAttempts().E4, await contentOf(visitor))).toEqual([])
})

test("E5 no spelling of a protected path, and no HTTP method, shows its page", async ({
  visitor,
  appUrl,
}) => {
  await visitor.signIn()
  expect(await breachesOf(appUrl, bypassAttempts().E5, await contentOf(visitor))).toEqual([])
})

test("E6 without the middleware every protected page still refuses", async ({
  visitor,
  environment,
  appUrl,
}) => {
  await visitor.signIn()
  const content = await contentOf(visitor)
  await using bare = await startAppWithoutMiddleware(environment)

  const cookie = cookieHeader(visitor.cookies)
  for (const path of protectedPaths()) {
    const [guarded, unguarded] = [await send(appUrl, path), await send(bare.url, path)]
    expect([unguarded.status, unguarded.headers.location], path).toEqual([307, guarded.headers.location])
    expect(unguarded.headers, "there is no middleware").not.toHaveProperty("content-security-policy")
    expect((await send(bare.url, path, { headers: { cookie } })).status, path).toBe(200)
  }
  const attempts = Object.values(bypassAttempts())
    .flat()
    .filter(({ method = "GET" }) => method === "GET" || method === "POST")
  expect(await breachesOf(bare.url, attempts, content)).toEqual([])
  expect((await send(bare.url, "/api/token/refresh", { method: "POST" })).status).toBe(401)
  expect((await send(bare.url, "/api/auth/session")).text).toBe("null")
})

test("E7a actions do nothing for anonymous visitors, by header or by form, on any page", async ({
  visitor,
  stranger,
  database,
  emulator,
  appUrl,
}) => {
  await visitor.signIn("demo")
  const content = await contentOf(visitor)
  const state = async () =>
    (await database.query("select s.id_hash, c.* from session s join connection c on c.id = s.connection_id"))
      .rows
  const before = await state()
  const asked = await emulator.control.listRequests()
  expect(serverActions().length).toBeGreaterThan(5)
  for (const { id, name } of serverActions())
    for (const path of ["/", ...protectedPaths()]) {
      const byHeader = await stranger.send(path, {
        method: "POST",
        headers: { "next-action": id, "content-type": "text/plain;charset=UTF-8", origin: appUrl },
        body: "[]",
      })
      expect(byHeader.status, `${name} on ${path}, without what it reads`).toBeLessThan(500)
      const byForm = await stranger.submit(path, { [`$ACTION_ID_${id}`]: "" })
      for (const { text, setCookies } of [byHeader, byForm]) {
        expect(shownIn(text, content), `${name} on ${path}`).toEqual([])
        expect(setCookies.filter((line) => /session-token=[^;]/.test(line))).toEqual([])
      }
    }
  expect(await state()).toEqual(before)
  expect(await emulator.control.listRequests(), "Bitbucket is asked nothing").toEqual(asked)
  expect((await visitor.send("/profile")).status).toBe(200)
})

test("E7a an action called without its arguments changes nothing", async ({ visitor, database, appUrl }) => {
  await visitor.signIn()
  await database.query("update connection set stays_connected = true")
  const id = serverActions().find(({ name }) => name === "chooseToStayConnected")?.id ?? ""
  for (const body of ["[]", '["on"]', "[null]"]) {
    const headers = { "next-action": id, "content-type": "text/plain;charset=UTF-8", origin: appUrl }
    const path = "/integrations/bitbucket"
    expect((await visitor.send(path, { method: "POST", headers, body })).status).toBeLessThan(400)
  }
  expect((await database.query("select 1 from connection where stays_connected")).rowCount).toBe(1)
})

test("E7b made-up, old and foreign action ids are not found", async ({ visitor, appUrl, database }) => {
  await visitor.signIn()
  for (const id of ["0".repeat(42), randomBytes(21).toString("hex"), "x", "__proto__", "../../etc/passwd"]) {
    const answer = await visitor.send("/profile", {
      method: "POST",
      headers: { "next-action": id, "content-type": "text/plain;charset=UTF-8", origin: appUrl },
      body: "[]",
    })
    expect([400, 404, 409], id).toContain(answer.status)
  }
  expect((await database.query("select 1 from session")).rowCount).toBe(1)
})

test("E7c a reference to another person's session ends nothing, and neither does junk", async ({
  visitor,
  stranger,
  database,
}) => {
  await stranger.signIn("zoe")
  const { rows } = await database.query("select reference from session")
  await visitor.signIn("demo")
  const action = serverActions().find(({ name }) => name === "endSessionOfOther")?.id ?? ""
  const own = (
    await database.query("select reference from session where reference <> $1", [rows[0].reference])
  ).rows
  for (const reference of [
    rows[0].reference,
    own[0].reference,
    "junk",
    "",
    "00000000-0000-4000-8000-000000000000",
  ]) {
    const answer = await visitor.submit("/sessions", { [`$ACTION_ID_${action}`]: "", reference })
    const isReference = z.uuid().safeParse(reference).success
    expect([answer.status, answer.headers.location ?? null]).toEqual(
      isReference ? [303, "/sessions"] : [200, null],
    )
  }
  expect((await database.query("select 1 from session")).rowCount).toBe(2)
  expect((await stranger.send("/profile")).text).toContain("Zoë")
})

test("E7d handlers refuse a visitor without a session", async ({ stranger, emulator }) => {
  const asked = [
    await stranger.send("/api/token/refresh", { method: "POST" }),
    await stranger.send("/api/cron/keep-alive"),
    await stranger.send("/api/repositories?q=hello"),
    await stranger.send("/api/auth/session"),
  ]
  expect(asked.map(({ status }) => status)).toEqual([401, 401, 401, 200])
  expect(asked[3]?.text).toBe("null")
  expect(await emulator.control.listRequests()).toEqual([])
})

test("E11a a HEAD request with the scheduler's secret runs nothing", async ({
  visitor,
  emulator,
  database,
  cronSecret,
}) => {
  // The last of what a sign-in deletes behind its answer: once this is gone, nothing else of the sign-in is to come.
  await database.query(
    "insert into spent_state (state_hash, expires_at) values ('expired', now() - interval '1 second')",
  )
  await visitor.signIn()
  await expect
    .poll(
      async () => (await database.query("select 1 from spent_state where state_hash = 'expired'")).rowCount,
    )
    .toBe(0)
  await database.query(
    "update connection set issued_at = now() - interval '31 days', expires_at = now() - interval '30 days', stays_connected = true",
  )
  await database.query("update session set expires_at = now() - interval '1 second'")
  await emulator.control.clearRequests()
  const headers = { authorization: `Bearer ${cronSecret}` }
  const answer = await visitor.send("/api/cron/keep-alive", { method: "HEAD", headers })
  expect([answer.status, answer.headers.allow]).toEqual([405, "GET"])
  expect(await emulator.control.listRequests()).toEqual([])
  expect((await database.query("select 1 from session")).rowCount).toBe(1)
})

test("E11b a secret with anything before or after it is not the secret", async ({
  stranger,
  emulator,
  environment,
}) => {
  for (const [path, secret = ""] of [
    ["/api/cron/keep-alive", environment.CRON_SECRET],
    ["/api/metrics", environment.METRICS_SECRET],
  ] as const)
    for (const authorization of [
      `Bearer ${secret} more words`,
      `Bearer ${secret}, Bearer ${secret}`,
      `Bearer more ${secret}`,
      `Basic ${secret}`,
      secret,
    ])
      expect((await stranger.send(path, { headers: { authorization } })).status, path).toBe(401)
  expect(await emulator.control.listRequests()).toEqual([])
})

test("E8a without its secret the app does not start", async ({ environment }) => {
  for (const AUTH_SECRET of ["", "short"]) {
    const PORT = String(await freePort())
    const app = startServer("The app", ["node_modules/next/dist/bin/next", "start"], {
      ...environment,
      PORT,
      AUTH_SECRET,
    })
    expect(await new Promise((resolve) => app.process.once("close", resolve))).toBe(1)
    expect(app.output()).toContain("AUTH_SECRET")
  }
})

test("E8b with a client that Bitbucket refuses no one can sign in, and the log says why", async ({
  environment,
  emulator,
  database,
}) => {
  const PORT = String(await freePort())
  const url = `http://localhost:${PORT}`
  const app = await startApp({ ...environment, PORT, AUTH_BITBUCKET_SECRET: "x".repeat(32) }, url)
  try {
    const person = new Visitor({ appUrl: url, emulator })
    const refused = await person.signIn()
    expect(refused.headers.location).toContain("/auth/error?error=misconfigured")
    await expect.poll(app.output).toContain('"event":"oauth_client_refused"')
    expect((await send(url, "/api/health")).status).toBe(200)
    for (const path of protectedPaths()) expect((await person.send(path)).status, path).toBe(307)
    expect((await database.query("select 1 from session")).rowCount).toBe(0)
  } finally {
    await app.stop()
  }
})

test("E8c without its database no one can sign in or see anything, and health is red", async ({
  visitor,
  environment,
  emulator,
}) => {
  await visitor.signIn()
  const content = await contentOf(visitor)
  const [PORT, closed] = [String(await freePort()), await freePort()]
  const url = `http://localhost:${PORT}`
  const app = startServer("The app", ["node_modules/next/dist/bin/next", "start"], {
    ...environment,
    PORT,
    DATABASE_URL: `postgres://app@127.0.0.1:${closed}/app`,
  })
  try {
    await expect
      .poll(() =>
        send(url, "/api/health").then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(503)
    const person = new Visitor({ appUrl: url, emulator })
    for (const [name, value] of visitor.cookies) person.cookies.set(name, value)
    for (const path of protectedPaths()) {
      const { headers, text } = await person.send(path)
      expect(headers.location, path).toContain("/auth/error?error=database_unavailable")
      expect(shownIn(text, content), path).toEqual([])
    }
    expect((await person.send("/api/token/refresh", { method: "POST" })).status).toBe(503)
    const signedIn = await new Visitor({ appUrl: url, emulator }).signIn("zoe")
    expect(signedIn.headers.location).toContain("/auth/error?error=database_unavailable")
  } finally {
    await app.stop()
  }
})

test("E8d the app never trusts a host outside its configuration", async ({ visitor, appUrl }) => {
  await visitor.signIn()
  const content = await contentOf(visitor)
  for (const path of [...protectedPaths(), "/oauth/bitbucket/authorize", "/api/auth/signin"]) {
    const { status, headers, text } = await send(appUrl, path, { headers: { host: "evil.example" } })
    expect(status, path).toBeLessThan(500)
    expect(JSON.stringify(headers), path).not.toContain("evil.example")
    expect(shownIn(text, content), path).toEqual([])
  }
})

test("E9 a WebSocket upgrade makes the server open no connection, and gets an ordinary answer", async ({
  appUrl,
}) => {
  let calls = 0
  const inner = createServer((socket) => {
    calls += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => {
    inner.listen(0, "127.0.0.1", resolve)
  })
  const address = inner.address()
  const port = typeof address === "object" ? address?.port : 0
  for (const target of [
    `http://127.0.0.1:${port}/`,
    `ws://127.0.0.1:${port}/`,
    `http://127.0.0.1:1/`,
    "http://169.254.169.254/latest/meta-data/",
    `//127.0.0.1:${port}/`,
    "/_next/webpack-hmr",
    "/profile",
  ]) {
    const answer = await upgrade(Number(new URL(appUrl).port), target)
    expect(answer, target).not.toMatch(/^HTTP\/1\.1 101/)
  }
  expect(calls).toBe(0)
  inner.close()
})

/** @returns what the server wrote until it hung up */
function upgrade(port: number, target: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "localhost")
    let text = ""
    socket.setTimeout(8_000, () => {
      socket.destroy()
      reject(new Error(`${target} was neither answered nor closed: ${text.slice(0, 200)}`))
    })
    socket.on("data", (chunk) => {
      text += chunk
      // A response with a body on a connection that stays open counts as an answer.
      if (text.includes("\r\n\r\n")) socket.end()
    })
    socket.on("error", () => resolve(text))
    socket.on("close", () => resolve(text))
    socket.write(
      [
        `GET ${target} HTTP/1.1`,
        `Host: localhost:${port}`,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "",
        "",
      ].join("\r\n"),
    )
  })
}

test("E10 headers that only a proxy or the app itself may set have no effect from outside", async ({
  visitor,
  stranger,
  database,
  appUrl,
}) => {
  await visitor.signIn("demo")
  const content = await contentOf(visitor)
  await stranger.signIn("zoe")
  const { rows } = await database.query(
    "select account_uuid from connection where profile->'account'->>'displayName' like 'Z%'",
  )
  const zoe = rows[0].account_uuid
  const hostile: Record<string, string>[] = [
    { "x-user-id": zoe, "x-user": zoe, "x-account": zoe, "x-forwarded-user": zoe, "remote-user": zoe },
    {
      "x-url": "/profile",
      "x-original-url": "/profile",
      "x-rewrite-url": "/profile",
      "x-matched-path": "/profile",
    },
    {
      "x-invoke-path": "/profile",
      "x-invoke-status": "200",
      "x-invoke-output": "/profile",
      "x-invoke-query": "{}",
    },
    { "x-middleware-rewrite": "/profile", "x-middleware-next": "1", "x-nextjs-rewrite": "/profile" },
    {
      "x-middleware-override-headers": "cookie",
      "x-middleware-request-cookie": cookieHeader(visitor.cookies),
    },
    { "x-middleware-set-cookie": cookieHeader(visitor.cookies) },
    { "x-nonce": "evil-nonce", "content-security-policy": "script-src 'nonce-evil-nonce'" },
    { "x-prerender-revalidate": "1", "x-now-route-matches": "1=profile", "x-vercel-id": "1" },
  ]
  for (const headers of hostile) {
    const what = Object.keys(headers).join(", ")
    for (const path of ["/", "/signin", ...protectedPaths()]) {
      const answer = await send(appUrl, path, { headers })
      expect(shownIn(answer.text, content), `${what} on ${path}`).toEqual([])
      expect(
        answer.text.includes("evil-nonce") || JSON.stringify(answer.headers).includes("evil-nonce"),
      ).toBe(false)
      if (protectedPaths().includes(path)) expect(leadsTo(answer, appUrl).pathname, what).not.toBe(path)
    }
    const own = await visitor.send("/profile", { headers })
    expect(own.text, what).toContain("Demo Person")
    expect(own.text, what).not.toContain("Zoë")
  }
})
