import { freePort, startServer } from "../../scripts/server-process"
import { startOwnApp } from "../own-app"
import { readProfileAgo } from "../person"
import { timeOf } from "../usual-time"
import { startSilentListener } from "./hostile-api"
import { leadsTo, send } from "./http"
import { exchange, openSocket, statusesIn } from "./raw"
import { expect, test } from "./suite"

test("J1 the image optimiser is off: it fetches nothing from anywhere", async ({ visitor }) => {
  await using listener = await startSilentListener()
  const { port } = listener
  const hosts = [
    ...[
      "127.0.0.1",
      "localhost",
      "127.1",
      "2130706433",
      "0x7f000001",
      "017700000001",
      "0177.0.0.1",
      "127.0.0.1.nip.io",
    ],
    ...[
      "[::1]",
      "[::ffff:127.0.0.1]",
      "[::ffff:7f00:1]",
      "[0:0:0:0:0:0:0:1]",
      "[::]",
      "0.0.0.0",
      "0",
      "127.127.127.127",
    ],
    ...[
      "169.254.169.254",
      "[fd00:ec2::254]",
      "metadata.google.internal",
      "100.100.100.200",
      "192.168.0.1",
      "10.0.0.1",
    ],
    ...[
      "localhost.",
      "LOCALHOST",
      "①②⑦.⓪.⓪.①",
      "127。0。0。1",
      "user@127.0.0.1",
      "evil.example#@127.0.0.1",
      "127.0.0.1%2f",
    ],
  ]
  const targets = [
    ...hosts.map((host) => `http://${host}:${port}/x.png`),
    ...[
      "file:///etc/passwd",
      "//127.0.0.1/x.png",
      "/\\127.0.0.1/x.png",
      "/\\x",
      "\\\\127.0.0.1",
      "gopher://127.0.0.1",
    ],
    ...[
      "/_next/image?url=/icon.svg&w=64&q=75",
      "/icon.svg",
      "/profile",
      "data:image/svg+xml,<svg/>",
      "ftp://127.0.0.1",
    ],
  ]
  for (const target of targets) {
    const answer = await visitor.send(`/_next/image?url=${encodeURIComponent(target)}&w=64&q=75`)
    expect(answer.status, target).toBe(404)
  }
  expect(listener.heard).toEqual([])
})

test("J2 initials replace a picture that is not at Bitbucket's hosts over https", async ({
  visitor,
  emulator,
  database,
}) => {
  await visitor.signIn()
  const profile = (href: unknown) => ({
    match: { path: "/2.0/user" },
    kind: "status" as const,
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      type: "user",
      uuid: "{9f0d1c2e-0000-4000-8000-000000000000}",
      display_name: "Demo Person",
      links: { avatar: { href } },
    }),
  })
  const { text } = await visitor.send("/profile")
  const uuid = /\{[0-9a-f-]{36}\}/.exec(text)?.[0] ?? ""
  const hostile = [
    ...[
      "javascript:alert(1)",
      "data:image/svg+xml,<svg onload=alert(1)>",
      "http://secure.gravatar.com/evil.png",
    ],
    ...[
      "https://evil.example/evil.png",
      "https://127.0.0.1/evil.png",
      "https://169.254.169.254/latest/evil",
      "file:///evil",
    ],
    ...[
      "https://secure.gravatar.com.evil.example/x",
      "https://evil@secure.gravatar.com/x",
      "//evil.example/x",
      "blob:evil",
    ],
    ...[
      `https://secure.gravatar.com/${"evil".repeat(2_000)}`,
      "https://secure.gravatar.com:8443/evil",
      "vbscript:evil",
    ],
    ...['https://evil.example/"><script>alert(1)</script>', { evil: true }, 7, null],
  ]
  for (const href of hostile) {
    const fault = profile(href)
    const body = JSON.parse(fault.body)
    await emulator.control.addFault({ ...fault, body: JSON.stringify({ ...body, uuid }) })
    await readProfileAgo(database, "1 hour")
    const page = await visitor.send("/profile")
    expect(page.status).toBe(200)
    expect(await emulator.control.listFaults(), "the answer was used").toEqual([])
    const pictures = page.text.match(/<img\b[^>]*>/g) ?? []
    expect(pictures.join(""), String(href).slice(0, 60)).not.toMatch(/evil|javascript|data:|alert/)
    expect(page.text).not.toContain("<script>alert")
    await emulator.control.clearFaults()
  }
})

test("J3 no header of a request changes a URL, a cookie or a link", async ({ visitor, appUrl, emulator }) => {
  const headers: Record<string, string>[] = [
    { host: "evil.example" },
    { "x-forwarded-host": "evil.example" },
    { host: "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" },
    { "x-forwarded-proto": "javascript" },
    { "x-forwarded-port": "666", "x-forwarded-prefix": "/evil", "x-forwarded-server": "evil.example" },
    { forwarded: "for=1.2.3.4;host=evil.example;proto=https" },
    { "x-original-url": "/evil", "x-rewrite-url": "/evil", "x-original-host": "evil.example" },
    { "x-auth-return-redirect": "1", origin: "https://evil.example", referer: "https://evil.example/" },
    { "x-matched-path": "/evil", "x-invoke-path": "/evil", "x-middleware-rewrite": "https://evil.example/" },
  ]
  for (const header of headers) {
    const where = JSON.stringify(header)
    const path = "/oauth/bitbucket/authorize"
    const start = leadsTo(await visitor.send(`${path}?next=/profile`, { headers: header }), appUrl)
    // On a hostname that is not the app's, the sign-in goes to the app's own URL first.
    const authorization =
      start.pathname === path
        ? leadsTo(await visitor.send(path + start.search, { headers: header }), appUrl)
        : start
    expect(start.origin, where).toBe(start.pathname === path ? appUrl : emulator.siteUrl)
    expect(authorization.origin, where).toBe(emulator.siteUrl)
    expect(authorization.searchParams.get("redirect_uri"), where).toBe(
      `${appUrl}/api/auth/callback/bitbucket`,
    )
    const stray = await visitor.send("/api/auth/callback/bitbucket?code=c&state=s", { headers: header })
    expect(leadsTo(stray, appUrl).origin, where).toBe(appUrl)
    const pages = [
      "/",
      "/signin?next=/profile",
      "/profile",
      "/auth/error?error=unknown",
      "/api/auth/csrf",
      "/api/auth/providers",
    ]
    for (const path of pages) {
      const answer = await visitor.send(path, { headers: header })
      const whole = answer.text + JSON.stringify(answer.headers) + answer.setCookies.join()
      expect(whole, `${path} ${where}`).not.toMatch(/evil|javascript:|:666/)
      expect(answer.setCookies.filter((cookie) => /domain=/i.test(cookie))).toEqual([])
    }
  }
})

test("J3 the app refuses a request with two hosts", async ({ appUrl }) => {
  const received = await exchange(appUrl, "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")
  expect(statusesIn(received)).toEqual([400])
})

test("J3 a server without its configured URL does not start, since it would trust the request's host", async ({
  environment,
}) => {
  const PORT = String(await freePort())
  const args = ["node_modules/next/dist/bin/next", "start"]
  const app = startServer("The app", args, { ...environment, PORT, AUTH_URL: "" })
  expect(await new Promise((resolve) => app.process.once("close", resolve))).toBe(1)
  expect(app.output()).toContain("AUTH_URL is required in production")
})

test("J4 the app refuses methods that no route handles, without an error", async ({ visitor, appUrl }) => {
  await visitor.signIn()
  const paths = [
    "/",
    "/profile",
    "/api/token/refresh",
    "/api/auth/session",
    "/api/health",
    "/oauth/bitbucket/authorize",
    "/nothing",
  ]
  for (const path of paths)
    for (const method of ["TRACE", "PROPFIND", "PURGE", "PUT", "PATCH", "DELETE", "LINK", "MKCOL"]) {
      const answer = await visitor.send(path, { method })
      expect(answer.status, `${method} ${path}`).toBe(405)
      expect(answer.headers.allow).toBe("GET, HEAD, POST")
      expect(answer.text).not.toMatch(/Demo Person|cookie/i)
    }
  for (const method of ["TRACK", "FOO", "DEBUG", "GET\tx", "A".repeat(20_000)])
    expect(
      statusesIn(await exchange(appUrl, `${method} / HTTP/1.1\r\nHost: localhost\r\n\r\n`)),
      method,
    ).toEqual([400])
  const connected = await exchange(appUrl, "CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n")
  expect(statusesIn(connected).filter((status) => status < 400 || status === 500)).toEqual([])
  for (const name of ["x-http-method-override", "x-method-override", "x-http-method"])
    expect((await visitor.send("/api/token/refresh", { headers: { [name]: "POST" } })).status, name).toBe(405)
})

test("J5 the app refuses a body larger than any form of ours before it reads it", async ({
  appUrl,
  visitor,
}) => {
  await visitor.signIn()
  const cookie = [...visitor.cookies].map((pair) => pair.join("=")).join("; ")
  const paths = [
    "/profile",
    "/",
    "/api/auth/signin/bitbucket",
    "/api/auth/signout",
    "/api/token/refresh",
    "/api/health",
  ]
  for (const path of paths)
    for (const length of [16_385, 1_000_000, 100_000_000, Number.MAX_SAFE_INTEGER]) {
      const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\nContent-Type: multipart/form-data; boundary=x\r\n`
      const received = await exchange(appUrl, `${head}Content-Length: ${length}\r\n\r\n--x\r\n`, 20_000)
      expect(statusesIn(received), `${path} ${length}`).toEqual([413])
    }
  for (const path of paths) {
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`
    const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`
    expect(statusesIn(await exchange(appUrl, head + chunk.repeat(20), 20_000)), path).toEqual([411])
    expect(
      statusesIn(await exchange(appUrl, `${head}zz\r\nnot a chunk\r\n`, 3_000))[0],
      path,
    ).toBeGreaterThanOrEqual(400)
  }
})

test("J5 a body that lies about its length, or arrives slowly, delays no other visitor", async ({
  appUrl,
  visitor,
}) => {
  for (const length of ["-1", "abc", "1e3", "5, 6", "0x10", "99999999999999999999999999"]) {
    const head = `POST /api/auth/signout HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\nabcdef`
    expect(statusesIn(await exchange(appUrl, head))[0] ?? 400, length).toBeGreaterThanOrEqual(400)
  }
  const usual = await timeOf(() => visitor.send("/"))
  const slow = Array.from({ length: 20 }, () => openSocket(appUrl))
  for (const socket of slow) {
    socket.on("error", () => undefined)
    socket.write("POST /api/auth/signout HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\na")
  }
  const startedAt = performance.now()
  expect((await visitor.signIn()).status).toBe(302)
  expect(performance.now() - startedAt).toBeLessThan(1_000 + 10 * usual)
  for (const socket of slow) socket.destroy()
})

test("J5 forms with thousands of fields, deep JSON and broken parts get an immediate answer, and not 500", async ({
  visitor,
}) => {
  await visitor.signIn()
  const types: [string, string][] = [
    ["application/x-www-form-urlencoded", "a=1&".repeat(4_000)],
    ["application/json", "[".repeat(16_000)],
    ["application/json", `{"a":${'{"a":'.repeat(2_500)}`],
    ["text/plain", "x".repeat(16_000)],
    ["multipart/form-data", "no boundary"],
    ["application/octet-stream", "\u0000".repeat(16_000)],
  ]
  const usual = await timeOf(() => visitor.send("/"))
  for (const path of ["/api/auth/signin/bitbucket", "/api/auth/signout", "/api/token/refresh"])
    for (const [type, body] of types) {
      const startedAt = performance.now()
      const answer = await visitor.send(path, { method: "POST", headers: { "content-type": type }, body })
      expect(answer.status, `${path} ${type}`).toBeLessThan(500)
      expect(performance.now() - startedAt).toBeLessThan(1_000 + 10 * usual)
    }
  for (const path of ["/", "/signin", "/sessions", "/integrations/bitbucket", "/nowhere"])
    for (const action of [{}, { "next-action": "x" }]) {
      const headers = { "content-type": "multipart/form-data; boundary=x", accept: "text/html", ...action }
      const { status, text } = await visitor.send(path, { method: "POST", headers, body: "garbage" })
      expect([status, text], path).toEqual([400, expect.stringContaining("This form could not be read")])
    }
  expect((await visitor.send("/profile")).status).toBe(200)
})

test("J6 a request that two servers could parse differently gets one answer or a refusal", async ({
  appUrl,
}) => {
  const smuggled = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
  const post = "POST /api/auth/signout HTTP/1.1\r\nHost: localhost\r\n"
  const ambiguous = [
    `${post}Content-Length: ${smuggled.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    `${post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n${smuggled}\r\n0\r\n\r\n`,
    `${post}Content-Length: 0\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
    `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
    `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${smuggled}`,
    `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    `${post}Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n${smuggled}`,
    `${post}X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    `${post}Transfer-Encoding: chunked\r\n\r\n0;\n\r\n\r\n${smuggled}`,
    `GET / HTTP/1.1\r\nHost: localhost\r\nX: y\nGET /smuggled HTTP/1.1\r\n\r\n`,
  ]
  for (const bytes of ambiguous) {
    const received = await exchange(appUrl, bytes, 800)
    expect(statusesIn(received).length, JSON.stringify(bytes.slice(0, 160))).toBeLessThanOrEqual(1)
    expect(received).not.toContain("smuggled")
  }
})

test("J10 robots stay out of private pages, and search engines do not index people's pages", async ({
  visitor,
}) => {
  const { text } = await visitor.send("/robots.txt")
  for (const path of ["/api/", "/oauth/", "/auth/", "/profile", "/integrations/", "/sessions", "/activity"])
    expect(text).toContain(`Disallow: ${path}\n`)
  await visitor.signIn()
  for (const path of [
    "/profile",
    "/integrations/bitbucket",
    "/sessions",
    "/activity",
    "/auth/error?error=unknown",
  ])
    expect((await visitor.send(path)).text, path).toMatch(
      /<meta name="robots" content="noindex, nofollow"\/>/,
    )
})

test("J10 health says that and no more; security.txt names the contact that the deployment configured", async ({
  visitor,
  environment,
}) => {
  const health = await visitor.send("/api/health")
  expect([health.status, health.text]).toEqual([200, '{"status":"ok"}'])
  expect((await visitor.send("/.well-known/security.txt")).status).toBe(404)

  await using app = await startOwnApp({ ...environment, SECURITY_CONTACT: "mailto:security@example.com" })
  const answer = await send(app.url, "/.well-known/security.txt")
  expect(answer.headers["content-type"]).toBe("text/plain; charset=utf-8")
  const fields = new Map(
    answer.text
      .trim()
      .split("\n")
      .map((line) => line.split(": ") as [string, string]),
  )
  expect(fields.get("Contact")).toBe("mailto:security@example.com")
  const days = (Date.parse(fields.get("Expires") ?? "") - Date.now()) / 86_400_000
  expect(days).toBeGreaterThan(30)
  expect(days).toBeLessThan(366)
})
