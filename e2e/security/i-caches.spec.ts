import { readProfileAgo } from "../person"
import { askFor, renderings } from "./flight"
import { press } from "./forms"
import type { Answer, Question } from "./http"
import { builtAssets, builtRoutes } from "./routes"
import { expect, test } from "./suite"
import type { Visitor } from "./visitor"

/** RFC 9111 §3: whether a shared cache may store a response. */
function isCacheable({ status, headers }: Answer): boolean {
  const control = headers["cache-control"] ?? ""
  const isCacheableStatus = [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501].includes(status)
  return isCacheableStatus && !/no-store|private/.test(control)
}

/** A shared cache in front of the app: keyed by URL and by the headers that `Vary` names. */
class SharedCache {
  readonly #kept = new Map<string, { answer: Answer; vary: string[]; asked: Record<string, unknown> }[]>()

  async ask(visitor: Visitor, path: string, question: Question = {}): Promise<Answer> {
    const asked = lowerCased(question.headers ?? {})
    const hit = this.#kept
      .get(path)
      ?.find(({ vary, asked: before }) => vary.every((name) => before[name] === asked[name]))
    if (hit) return hit.answer
    const answer = await askFor(visitor, path, question)
    if (isCacheable(answer)) {
      const vary = (answer.headers.vary ?? "").toLowerCase().split(/, */).filter(Boolean)
      this.#kept.set(path, [...(this.#kept.get(path) ?? []), { answer, vary, asked }])
    }
    return answer
  }

  get size(): number {
    return this.#kept.size
  }
}

function lowerCased(headers: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

test("I1 no cache keeps a response that sets or depends on a session, redirects and errors included", async ({
  visitor,
  stranger,
  emulator,
}) => {
  const look = (where: string, answer: Answer) => {
    const control = answer.headers["cache-control"] ?? "none"
    expect(answer.status, where).not.toBe(500)
    expect(control, where).toContain("no-store")
  }
  const answers: [string, Answer][] = []
  const authorization = await visitor.start()
  const callback = await visitor.consent(authorization)
  answers.push(["callback", await visitor.send(callback)])
  answers.push(["callback again", await visitor.send(callback)])
  answers.push(["start", await stranger.send("/oauth/bitbucket/authorize?next=/profile")])
  const { pages, handlers } = builtRoutes()
  const dynamic = handlers.filter((path) => !/icon|manifest|robots|security\.txt|refused\/x/.test(path))
  for (const path of [...pages, ...dynamic, "/profile/nothing"])
    for (const headers of renderings) {
      answers.push([`${path} of a person`, await askFor(visitor, path, { headers })])
      answers.push([`${path} without a session`, await askFor(stranger, path, { headers })])
    }
  answers.push(["a refresh", await visitor.send("/api/token/refresh", { method: "POST" })])
  answers.push(["a refresh without a session", await stranger.send("/api/token/refresh", { method: "POST" })])
  await emulator.control.addFault({ kind: "status", status: 503, times: null })
  answers.push(["profile in an outage", await visitor.send("/profile")])
  answers.push(["a form", await press(visitor, "/signin", "dark")])
  answers.push(["sign-out", await press(visitor, "/signin", "Sign out")])
  for (const [where, answer] of answers) look(where, answer)
  const setting = answers.filter(([, { setCookies }]) => setCookies.length > 0)
  expect(setting.length).toBeGreaterThanOrEqual(4)
  const payloads = answers.filter(([, { headers }]) => headers["content-type"] === "text/x-component")
  expect(payloads.length).toBeGreaterThanOrEqual(pages.length)
  expect(setting.filter(([, answer]) => isCacheable(answer))).toEqual([])
})

test("I2 behind a shared cache, no visitor sees another person's page", async ({
  visitor,
  stranger,
  emulator,
}) => {
  const cache = new SharedCache()
  const anonymous = visitor.copy()
  await visitor.signIn("demo")
  stranger.leaveBitbucket()
  await stranger.signIn("zoe")
  const { pages, handlers } = builtRoutes()
  const paths = [...pages, ...handlers.filter((path) => !path.startsWith("/oauth")), ...builtAssets()]
  for (const path of paths)
    for (const headers of renderings) {
      await cache.ask(visitor, path, { headers })
      const second = await cache.ask(stranger, path, { headers })
      expect(second.text, path).not.toMatch(/Demo Person|demo@example\.com/)
      const third = await cache.ask(anonymous, path, { headers })
      expect(third.text, path).not.toMatch(/Demo Person|demo@example\.com|Zoë|zoe@example\.com/)
    }
  expect(cache.size, "the cache did keep something").toBeGreaterThan(5)
  expect((await emulator.control.listRequests()).length).toBeGreaterThan(0)
})

test("I3 the first request for a payload does not decide what a browser gets next", async ({
  visitor,
  stranger,
}) => {
  await visitor.signIn()
  const primes: Record<string, string>[] = [
    ...renderings.slice(1),
    { "x-middleware-prefetch": "1", purpose: "prefetch" },
    { "x-nextjs-data": "1" },
    { rsc: "1", "next-router-segment-prefetch": "/_tree" },
    { "next-action": "7f".repeat(20) },
  ]
  for (const path of ["/", "/signin", "/disconnected", "/profile", "/nothing"])
    for (const [index, headers] of primes.entries()) {
      const cache = new SharedCache()
      for (const sender of [stranger, visitor]) {
        await cache.ask(sender, path, { headers })
        const plain = await cache.ask(sender, path)
        expect(plain.headers["content-type"] ?? "text/html", `${path} after prime ${index}`).toContain(
          "text/html",
        )
        if (plain.status === 200) expect(plain.text).toContain("<!DOCTYPE html>")
      }
    }
})

test("I4 a private path that is dressed up as a file is no file", async ({ visitor }) => {
  await visitor.signIn()
  for (const path of [
    "/profile/x.css",
    "/profile/x.js",
    "/profile.css",
    "/profile%2fx.js",
    "/profile%2f.png",
    "/profile;a.png",
    "/profile;/x.css",
    "/profile%00.css",
    "/profile%0a.css",
    "/profile%23.css",
    "/profile%3f.css",
    "/profile?.js",
    "/profile?x.css",
    "/profile/..;/x.css",
    "/profile/.css",
    "/profile/%2e%2e/static/x.css",
    "/static/..%2fprofile",
    "/_next/static/..%2f..%2fprofile",
    "/icon.svg/..%2fprofile",
    "/robots.txt%2f..%2fprofile",
  ]) {
    const answer = await visitor.send(path)
    const isPrivate = /Demo Person|demo@example\.com/.test(answer.text)
    if (isPrivate) expect(answer.headers["cache-control"], path).toMatch(/private.*no-store/)
    else expect(answer.status, path).toBeGreaterThanOrEqual(300)
  }
})

test("I5 a response that a cache may keep reflects no header outside the cache key", async ({ stranger }) => {
  const canary = "canary7q9z.example"
  const paths = [
    "/favicon.ico",
    "/icon.svg",
    "/robots.txt",
    "/.well-known/security.txt",
    "/api/refused/405",
    ...builtAssets().slice(0, 3),
  ]
  const pages = ["/", "/signin", "/disconnected", "/nothing", "/auth/error?error=unknown"]
  for (let index = 0; index < unkeyedHeaders.length; index += 40) {
    const headers = Object.fromEntries(unkeyedHeaders.slice(index, index + 40).map((name) => [name, canary]))
    for (const path of [...paths, ...pages]) {
      const answer = await stranger.send(path, { headers })
      expect(answer.text + JSON.stringify(answer.headers), `${path}, headers from ${index}`).not.toContain(
        canary,
      )
      expect(answer.setCookies, path).toEqual([])
    }
  }
})

test("I6 what Bitbucket said about one person is read again for another, and shown to no one else", async ({
  visitor,
  stranger,
  emulator,
  database,
}) => {
  await visitor.signIn("demo")
  await stranger.signIn("zoe")
  await emulator.control.clearRequests()
  const junk = { cookie: "__prerender_bypass=1; __next_preview_data=1" }
  for (let round = 0; round < 3; round++) {
    await readProfileAgo(database, "1 hour")
    const [ofVisitor, ofStranger] = await Promise.all([visitor.send("/profile"), stranger.send("/profile")])
    expect(ofVisitor.text).toContain("demo@example.com")
    expect(ofVisitor.text).not.toContain("zoe@example.com")
    expect(ofStranger.text).toContain("zoe@example.com")
    expect(ofStranger.text).not.toContain("demo@example.com")
    expect((await visitor.copy().send("/profile", { headers: junk })).status).toBe(307)
  }
  const reads = (await emulator.control.listRequests()).filter(({ path }) => path === "/2.0/user")
  for (const username of ["demo", "zoe"])
    expect(reads.filter((request) => request.username === username)).toHaveLength(3)
})

/** Headers that servers, proxies and frameworks are known to act on, and that caches leave out of their keys. */
const unkeyedHeaders = [
  ...[
    "host",
    "proto",
    "scheme",
    "port",
    "prefix",
    "path",
    "for",
    "server",
    "ssl",
    "by",
    "user",
    "url",
    "uri",
  ].map((name) => `x-forwarded-${name}`),
  ...["host", "proto", "scheme", "url", "uri", "path", "query", "method"].map((name) => `x-original-${name}`),
  ...["path", "page", "query", "url", "status", "id", "type"].map((name) => `x-invoke-${name}`),
  ...[
    "rewrite",
    "redirect",
    "next",
    "skip",
    "cache",
    "set-cookie",
    "override-headers",
    "invoke",
    "refresh",
  ].map((name) => `x-middleware-${name}`),
  ...[
    "data",
    "cache",
    "prerender",
    "stale-time",
    "postponed",
    "rewritten-path",
    "rewritten-query",
    "matched-path",
  ].map((name) => `x-nextjs-${name}`),
  ...[
    "x-rewrite-url",
    "x-matched-path",
    "x-url",
    "x-uri",
    "x-host",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
  ],
  ...[
    "x-http-host-override",
    "x-http-method-override",
    "x-method-override",
    "x-http-method",
    "x-http-path-override",
  ],
  ...[
    "forwarded",
    "via",
    "true-client-ip",
    "cf-connecting-ip",
    "fastly-client-ip",
    "client-ip",
    "from",
    "base-url",
  ],
  ...[
    "x-vercel-forwarded-for",
    "x-vercel-id",
    "x-vercel-ip-country",
    "x-vercel-deployment-url",
    "x-now-route-matches",
  ],
  ...[
    "x-request-id",
    "x-correlation-id",
    "x-trace-id",
    "traceparent",
    "tracestate",
    "baggage",
    "b3",
    "x-amzn-trace-id",
  ],
  ...[
    "x-wap-profile",
    "x-arbitrary",
    "x-custom-ip-authorization",
    "x-proxyuser-ip",
    "x-originating-ip",
    "x-remote-addr",
  ],
  ...[
    "x-requested-with",
    "x-csrf-token",
    "x-xsrf-token",
    "x-api-version",
    "x-locale",
    "x-country",
    "x-timezone",
  ],
  ...[
    "x-nonce",
    "nonce",
    "content-security-policy",
    "x-frame-options",
    "x-content-type-options",
    "link",
    "location",
  ],
  ...[
    "x-user",
    "x-user-id",
    "x-email",
    "x-role",
    "x-auth-return-redirect",
    "x-auth-token",
    "x-debug",
    "x-test",
  ],
  ...[
    "next-url",
    "next-router-state-tree",
    "next-hmr-refresh",
    "x-action-redirect",
    "x-prerender-revalidate",
  ],
  ...[
    "max-forwards",
    "x-backend",
    "x-backend-host",
    "x-upstream",
    "x-proxy-host",
    "proxy-host",
    "x-dns",
    "x-site",
  ],
  ...[
    "accept-language",
    "origin",
    "dnt",
    "save-data",
    "viewport-width",
    "width",
    "dpr",
    "sec-ch-ua",
    "sec-gpc",
  ],
]
