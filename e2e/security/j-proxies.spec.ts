import { freePort, type ServerProcess } from "../../scripts/server-process"
import { startApp } from "../app-server"
import { seedFor } from "../seeds"
import { type FormName, fieldsOf, forms, useEveryForm, withoutScript, withScript } from "./every-form"
import { leadsTo, send } from "./http"
import { expect, test } from "./suite"
import { Visitor } from "./visitor"

const origin = "https://app.example.test"

/** What a server sees of a browser at AUTH_URL. Simulated: proxies.spec.ts uses the real proxies that can be installed. */
const shapes: [string, Record<string, string>][] = [
  ["that passes on the right Host", { host: "app.example.test" }],
  ["with a Host of its own, as CloudFront and ProxyPass", { host: "internal-alb:3000" }],
  ["that spells out the default port", { host: "app.example.test:443" }],
  [
    "that names its upstream in X-Forwarded-Host",
    { host: "app.example.test", "x-forwarded-host": "172.18.0.4:3000" },
  ],
  [
    "with a Host of its own and the right X-Forwarded-Host",
    { host: "10.0.0.7", "x-forwarded-host": "app.example.test" },
  ],
  [
    "before a proxy, with two values in X-Forwarded-Host",
    { host: "10.0.0.7", "x-forwarded-host": "edge.internal, app.example.test" },
  ],
  [
    "that spells out the default port in X-Forwarded-Host",
    { host: "10.0.0.7", "x-forwarded-host": "app.example.test:443" },
  ],
  [
    "like AWS's load balancer behind CloudFront",
    {
      host: "my-alb-1234567890.eu-west-1.elb.amazonaws.com",
      via: "1.1 cloudfront.net (CloudFront)",
      "cloudfront-forwarded-proto": "https",
      "x-forwarded-port": "443",
      "x-amzn-trace-id": "Root=1-67891233-abcdef012345678912345678",
    },
  ],
]

let server: ServerProcess
let serverUrl: string

test.beforeAll(async ({ stack }) => {
  const PORT = String(await freePort())
  serverUrl = `http://localhost:${PORT}`
  server = await startApp({ ...stack.environment, AUTH_URL: origin, PORT }, serverUrl)
})

test.afterAll(() => server.stop())

test.beforeEach(({ emulator }) => emulator.control.reset(seedFor(origin)))

for (const [shape, headers] of shapes)
  test(`J11 behind a proxy ${shape}, all seven forms work`, async ({ emulator, database }) => {
    const newVisitor = () => new Visitor({ appUrl: serverUrl, emulator, headers })
    await useEveryForm(newVisitor, { emulator, database, origin, sendForm: withoutScript })
  })

for (const [shape, headers] of shapes.slice(1, 3))
  test(`J11 behind a proxy ${shape}, all seven forms work with JavaScript`, async ({
    emulator,
    database,
  }) => {
    const newVisitor = () => new Visitor({ appUrl: serverUrl, emulator, headers })
    await useEveryForm(newVisitor, { emulator, database, origin, sendForm: withScript })
  })

test("J12 a form from another origin gets 403 and changes nothing, whatever Host says", async ({
  emulator,
  database,
}) => {
  const person = new Visitor({ appUrl: serverUrl, emulator })
  for (const browser of [person, new Visitor({ appUrl: serverUrl, emulator })]) await browser.signIn()
  const read: [FormName, FormData][] = []
  for (const name of Object.keys(forms) as FormName[]) read.push([name, await fieldsOf(person, name)])
  const state = async () => ({
    sessions: (await database.query("select reference from session order by reference")).rows,
    connections: (await database.query("select status, stays_connected, version from connection")).rows,
    cookies: [...person.cookies],
    requests: (await emulator.control.listRequests()).length,
  })
  const before = await state()
  const foreignOrigins = [
    ...[
      "https://evil.example",
      "http://app.example.test",
      "https://app.example.test:8443",
      "null",
      "",
      "https://",
    ],
    ...[
      "https://app.example.test.evil.example",
      "https://www.app.example.test",
      "javascript:alert(1)",
      "https://[",
    ],
    ...["https://evil.example, https://app.example.test", "https://app.example.test@evil.example", "%"],
  ]
  const hosts: Record<string, string>[] = [
    { host: "app.example.test" },
    { host: "evil.example" },
    { host: "evil.example", "x-forwarded-host": "evil.example" },
    { host: "null", "x-forwarded-host": "null" },
    { "x-forwarded-host": "app.example.test, evil.example" },
  ]
  let turn = 0
  for (const foreign of foreignOrigins)
    for (const headers of hosts) {
      const [name, fields] = read[turn % read.length] as [FormName, FormData]
      const sendForm = turn++ % 2 === 0 ? withoutScript : withScript
      const answer = await sendForm(person, forms[name].path, fields, { ...headers, origin: foreign })
      expect(
        [answer.status, answer.setCookies, answer.headers.location],
        `${name} ${foreign} ${JSON.stringify(headers)}`,
      ).toEqual([403, [], undefined])
    }
  expect(await state()).toEqual(before)
})

test("J12 people who use a form on another hostname of the app learn the right address", async () => {
  const headers = {
    host: "www.app.example.test",
    origin: "https://www.app.example.test",
    accept: "text/html",
  }
  const answer = await send(serverUrl, "/", { method: "POST", headers, body: "" })
  expect(answer.status).toBe(403)
  expect(answer.text).toContain('<a href="https://app.example.test/">https://app.example.test</a>')
  expect(answer.text).not.toContain("www.app")
})

for (const name of [
  "www.app.example.test",
  "sign-in-git-main-team.vercel.app",
  "127.0.0.1:3000",
  "app.example.test:8443",
])
  test(`J13 a sign-in that starts at ${name} goes to AUTH_URL first and ends signed in`, async ({
    emulator,
  }) => {
    for (const headers of [{ host: name }, { host: "10.0.0.7", "x-forwarded-host": `${name}, 10.0.0.7` }]) {
      const elsewhere = new Visitor({ appUrl: serverUrl, emulator, headers })
      const answer = await elsewhere.send("/oauth/bitbucket/authorize?reason=signin&next=%2Fsessions%3Fa%3Db")
      const first = leadsTo(answer, "https://wrong.example")
      expect([answer.status, first.origin + first.pathname]).toEqual([
        302,
        `${origin}/oauth/bitbucket/authorize`,
      ])
      expect(answer.headers["cache-control"]).toBe("private, no-store")
      expect(first.searchParams.get("next")).toBe("/sessions?a=b")
      expect(answer.setCookies, "no cookie stays where the sign-in does not end").toEqual([])

      const there = new Visitor({ appUrl: serverUrl, emulator, headers: { host: "app.example.test" } })
      const authorization = leadsTo(await there.send(first.pathname + first.search), origin)
      expect(authorization.origin).toBe(emulator.siteUrl)
      expect((await there.send(await there.consent(authorization))).headers.location).toBe(
        `${origin}/sessions?a=b`,
      )
      expect((await there.send("/sessions")).status).toBe(200)
    }
  })

test("J13 behind a proxy that hides the app's hostname, a sign-in goes to AUTH_URL once and then continues", async ({
  emulator,
}) => {
  const visitor = new Visitor({ appUrl: serverUrl, emulator, headers: { host: "internal-alb:3000" } })
  const first = leadsTo(
    await visitor.send("/oauth/bitbucket/authorize?next=/profile"),
    "https://wrong.example",
  )
  expect(first.origin).toBe(origin)
  const second = leadsTo(await visitor.send(first.pathname + first.search), "https://wrong.example")
  expect(second.origin).toBe(emulator.siteUrl)
  expect((await visitor.send(await visitor.consent(second))).headers.location).toBe(`${origin}/profile`)
})

test("J13 a sign-in at AUTH_URL, or with its default port spelled out, goes nowhere else first", async ({
  emulator,
}) => {
  for (const headers of [
    { host: "app.example.test" },
    { host: "APP.example.test:443" },
    { host: "10.0.0.7", "x-forwarded-host": "app.example.test:443" },
  ]) {
    const answer = await send(serverUrl, "/oauth/bitbucket/authorize?next=/profile", { headers })
    expect(leadsTo(answer, origin).origin, JSON.stringify(headers)).toBe(emulator.siteUrl)
  }
})

/** Not UTF-8, or not an escape at all. */
const undecodable = [
  "%ff",
  "%",
  "%2",
  "%zz",
  "%c0%af",
  "%ed%a0%80",
  "%e2%82",
  "a%80b",
  "%f8%88%80%80%80",
  "%%",
]

test("J14 a path that cannot be decoded is a 404, signed in or not", async ({ emulator }) => {
  const headers = { host: "app.example.test" }
  const [person, stranger] = [0, 1].map(() => new Visitor({ appUrl: serverUrl, emulator, headers }))
  if (!person || !stranger) throw new Error("two visitors")
  await person.signIn()
  const folders = [
    "/workspaces/",
    "/",
    "/profile/",
    "/integrations/bitbucket/",
    "/_next/static/",
    "/api/",
    "/api/auth/callback/",
    "/auth/error/",
  ]
  for (const visitor of [person, stranger])
    for (const method of ["GET", "HEAD", "POST"])
      for (const [index, folder] of folders.entries())
        for (const part of method === "GET" ? undecodable : undecodable.slice(index, index + 1)) {
          const answer = await visitor.send(folder + part, { method })
          expect([answer.status, answer.headers.location], `${method} ${folder}${part}`).toEqual([
            404,
            undefined,
          ])
        }
  expect((await person.send("/workspaces/%ff", { headers: { accept: "text/html" } })).text).toContain("<h1")
})

test("J14 undecodable or odd escapes in a query cause no error", async ({ emulator }) => {
  const person = new Visitor({ appUrl: serverUrl, emulator, headers: { host: "app.example.test" } })
  await person.signIn()
  for (const part of undecodable)
    for (const path of [
      "/",
      "/signin?next=",
      "/profile?a=",
      "/workspaces?page=",
      "/workspaces/emulated-works?q=",
      "/auth/error?error=",
      "/api/auth/callback/bitbucket?code=c&state=",
      "/oauth/bitbucket/authorize?next=",
    ]) {
      const { status } = await person.send(path.includes("?") ? path + part : `${path}?${part}`)
      expect(status, path + part).toBeLessThan(500)
    }
  for (const path of [
    "/workspaces/%25ff",
    "/workspaces/%25",
    "/workspaces/%00",
    "/workspaces/%0d%0a",
    "/workspaces/%2f",
    "/workspaces/%2e%2e%2fprofile",
    "/%25ff",
  ])
    expect([400, 404], path).toContain((await person.send(path)).status)
})

test("J7 a server that does not know its proxy says once that no limit per address applies", async ({
  environment,
}) => {
  const PORT = String(await freePort())
  const url = `http://localhost:${PORT}`
  const app = await startApp({ ...environment, PORT, AUTH_URL: origin, TRUSTED_PROXIES: "" }, url)
  try {
    const warnings = () =>
      app
        .output()
        .split("\n")
        .filter((line) => line.includes("no_limit_per_address"))
    await send(url, "/")
    expect(warnings()).toEqual([])
    for (let count = 0; count < 3; count++)
      await send(url, "/", { headers: { "x-forwarded-for": "203.0.113.9" } })
    await expect.poll(() => warnings().length).toBe(1)
    expect(JSON.parse(warnings()[0] ?? "")).toMatchObject({
      level: 40,
      event: "no_limit_per_address",
      reason: "trusted_proxies_unset",
    })
    expect(app.output()).not.toContain("203.0.113.9")
  } finally {
    await app.stop()
  }
})
