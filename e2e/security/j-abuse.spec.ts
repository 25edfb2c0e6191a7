import { createHash } from "node:crypto"
import { startOwnApp } from "../own-app"
import { seedFor } from "../seeds"
import { timeOf } from "../usual-time"
import { readForm, sendForm } from "./forms"
import { inBatches, send } from "./http"
import { openSocket } from "./raw"
import { expect, test } from "./suite"
import { Visitor } from "./visitor"

/** Addresses for documentation, RFC 5737: each test has its own, since limits outlive a test. */
const from = (address: string) => ({ "x-forwarded-for": `198.51.100.1, ${address}`, accept: "text/html" })

test("J7 an address that starts more sign-ins per minute than an office does is refused, and no other address is", async ({
  database,
  environment,
  emulator,
}) => {
  // The default is for an office. A flood of so many takes a busy machine more than the minute that they are counted in.
  const most = 60
  await using app = await startOwnApp({ ...environment, RATE_LIMIT_PER_ADDRESS: String(most) })
  await database.query("truncate rate_limit")
  const visitor = new Visitor({ appUrl: app.url, emulator })
  const path = "/oauth/bitbucket/authorize?next=/profile"
  const flood = await inBatches(Array(150).fill(path), () =>
    visitor.copy().send(path, { headers: from("203.0.113.10") }),
  )
  const refused = flood.filter(({ status }) => status === 429)
  expect(flood.filter(({ status }) => status === 302)).toHaveLength(most)
  expect(refused).toHaveLength(150 - most)
  for (const { headers, text, setCookies } of refused.slice(0, 5)) {
    expect(Number(headers["retry-after"])).toBeGreaterThanOrEqual(1)
    expect(Number(headers["retry-after"])).toBeLessThanOrEqual(60)
    expect(headers["cache-control"]).toContain("no-store")
    expect(headers["content-type"]).toContain("text/html")
    expect(text).toContain("Too many requests")
    expect(text).toContain('href="/signin?next=%2Fprofile"')
    const [, style = "none"] = /<style>([^<]*)<\/style>/.exec(text) ?? []
    const hash = createHash("sha256").update(style).digest("base64")
    expect(headers["content-security-policy"], "which allows its style").toContain(
      `default-src 'none'; style-src 'sha256-${hash}'`,
    )
    expect(setCookies).toEqual([])
  }
  expect((await visitor.send(path, { headers: from("203.0.113.11") })).status, "another address").toBe(302)
  const forged = { "x-forwarded-for": "203.0.113.99, 203.0.113.10", accept: "text/html" }
  expect((await visitor.send(path, { headers: forged })).status, "with an address made up").toBe(429)
  const { rows } = await database.query("select key, points from rate_limit where points >= $1", [most])
  expect(rows, "a flood is recorded, not counted").toEqual([
    { key: expect.stringMatching(/^start:[0-9a-f]{1,4}$/), points: expect.any(Number) },
  ])
  expect(rows[0].points).toBeLessThan(most + 30)
})

test("J7 callbacks and session reads have limits too, each kind separately", async ({ environment }) => {
  await using app = await startOwnApp({ ...environment, RATE_LIMIT_PER_ADDRESS: "20" })
  const refusedOf = async (path: string, times: number) => {
    const headers = from("203.0.113.20")
    const answers = await inBatches(Array(times).fill(path), () => send(app.url, path, { headers }))
    return answers.filter(({ status }) => status === 429).length
  }
  expect(await refusedOf("/api/auth/callback/bitbucket?code=c&state=s", 50)).toBe(30)
  expect(await refusedOf("/oauth/bitbucket/authorize", 10), "starts from the same address").toBe(0)
  expect(await refusedOf("/api/auth/session", 250)).toBe(50)
  expect(await refusedOf("/api/health", 250)).toBe(50)
})

test("J7 a person who keeps pressing buttons has to wait, and no one else does", async ({
  environment,
  emulator,
}) => {
  await using app = await startOwnApp({ ...environment, RATE_LIMIT_PER_ACCOUNT: "20" })
  // Counts outlive a test, and no other test uses these two.
  await emulator.control.reset(seedFor(app.url, ["eager", "patient"]))
  const visitor = new Visitor({ appUrl: app.url, emulator })
  const stranger = new Visitor({ appUrl: app.url, emulator })
  await visitor.signIn("eager")
  await stranger.signIn("patient")
  const path = "/integrations/bitbucket"
  const form = await readForm(visitor, path, "Renew access now")
  const answers = await inBatches(Array(60).fill(form), () => sendForm(visitor, path, form))
  const tooMany = answers.filter(({ headers }) => headers.location?.includes("/api/refused/429"))
  expect(answers.map(({ status }) => status)).toEqual(Array(60).fill(303))
  // When the database is too slow to count, the server counts as many again by itself.
  expect(tooMany.length).toBeGreaterThanOrEqual(20)
  expect(tooMany.length).toBeLessThanOrEqual(40)
  const refused = await visitor.send(tooMany[0]?.headers.location ?? "")
  expect(refused.status).toBe(429)
  expect(Number(refused.headers["retry-after"])).toBeGreaterThanOrEqual(1)
  expect(JSON.parse(refused.text)).toEqual({ error: "too_many_requests" })
  const others = await readForm(stranger, path, "Renew access now")
  expect((await sendForm(stranger, path, others)).status).toBe(303)
  expect((await visitor.send(path)).status, "looking is free").toBe(200)
})

test("J7 viewing a page counts nothing in the database, and a database that cannot count refuses no one", async ({
  visitor,
  database,
}) => {
  await visitor.signIn()
  await database.query("truncate rate_limit")
  for (let view = 0; view < 5; view++)
    for (const page of ["/profile", "/workspaces", "/sessions", "/"])
      expect((await visitor.send(page, { headers: from("203.0.113.30") })).status).toBe(200)
  expect((await database.query("select 1 from rate_limit")).rowCount).toBe(0)
  await database.query("alter table rate_limit rename to rate_limit_away")
  const start = await visitor
    .send("/oauth/bitbucket/authorize", { headers: from("203.0.113.31") })
    .finally(() => database.query("alter table rate_limit_away rename to rate_limit"))
  expect(start.status).toBe(302)
})

test("J8 a thousand silent connections and a hundred that never finish delay no other visitor", async ({
  visitor,
  appUrl,
}) => {
  const usual = await timeOf(() => visitor.send("/"))
  const sockets = Array.from({ length: 1_100 }, () => openSocket(appUrl))
  await Promise.all(
    sockets.map(
      (socket, index) =>
        new Promise<void>((resolve) => {
          socket.on("error", () => resolve())
          socket.on("connect", () => {
            if (index >= 1_000) socket.write("GET /profile HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
            resolve()
          })
        }),
    ),
  )
  expect(sockets.filter((socket) => socket.readyState === "open").length).toBeGreaterThan(1_050)
  const startedAt = performance.now()
  expect((await visitor.signIn()).status).toBe(302)
  expect((await visitor.send("/profile")).status).toBe(200)
  expect(performance.now() - startedAt).toBeLessThan(1_000 + 10 * usual)
  for (const socket of sockets) socket.destroy()
})

test("J9 bodies built to keep a deserialiser busy finish in a moment", async ({ visitor, appUrl }) => {
  await visitor.signIn()
  const form = await readForm(visitor, "/integrations/bitbucket", "Renew access now")
  const id = [...form.keys()].find((name) => name.startsWith("$ACTION_ID_"))?.replace("$ACTION_ID_", "") ?? ""
  expect(id).toMatch(/^[0-9a-f]{40,}$/)
  const part = (name: string, value: string) =>
    `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const bodies = [
    part("0", '["$K1"]') + part("1_0", "x").repeat(150),
    part("0", `["$n${"9".repeat(12_000)}"]`),
    part("0", '["$@0"]'),
    part("0", '["$1:a:b:c"]') + part("1", '{"a":"$1:a"}'),
    part("0", '["$1:__proto__:then"]') + part("1", '{"then":"$1:constructor:constructor"}'),
    part(
      "0",
      '{"then":"$1:__proto__:then","status":"resolved_model","value":"{\\"then\\":\\"$B0\\"}","_response":{"_prefix":"throw 1","_formData":{"get":"$1:constructor:constructor"}}}',
    ) + part("1", '"$@0"'),
    part("0", '["$Q1"]') + part("1", `[${'["k","$Q1"],'.repeat(400)}["k",1]]`),
    part("0", `["$W1"]`) + part("1", `[${'"$W1",'.repeat(800)}1]`),
    part("0", "[".repeat(15_000)),
    part("0", `["$F1"]`) + part("1", '{"id":"../../../etc/passwd#x","bound":"$@2"}') + part("2", "[]"),
  ]
  const usual = await timeOf(() => visitor.send("/"))
  for (const [index, parts] of bodies.entries())
    for (const action of [id, "00".repeat(20), "__proto__"]) {
      const startedAt = performance.now()
      const answer = await send(appUrl, "/integrations/bitbucket", {
        method: "POST",
        headers: {
          cookie: [...visitor.cookies].map((pair) => pair.join("=")).join("; "),
          "next-action": action,
          "content-type": "multipart/form-data; boundary=x",
        },
        body: `${parts}--x--\r\n`,
      })
      expect(performance.now() - startedAt, `body ${index}`).toBeLessThan(1_000 + 10 * usual)
      expect(answer.text, `body ${index}`).not.toMatch(/at .{1,100}:\d+:\d+|root:/)
    }
  expect((await visitor.send("/profile")).status).toBe(200)
})
