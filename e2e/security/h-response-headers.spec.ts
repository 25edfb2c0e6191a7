import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { pressOnConnectionPage } from "../pages/connection-page"
import { signInByHand, signInFrom } from "../person"
import { press } from "./forms"
import { type Answer, inBatches } from "./http"
import { builtAssets, builtRoutes } from "./routes"
import { expect, test } from "./suite"

function directivesOf({ headers }: Answer): Map<string, string[]> {
  const directives = (headers["content-security-policy"] ?? "").split("; ").map((text) => text.split(" "))
  return new Map(directives.map(([name = "", ...values]) => [name, values]))
}

test("H1 every page has a policy under which only scripts with its nonce run", async ({
  visitor,
  emulator,
}) => {
  await visitor.signIn()
  const { pages } = builtRoutes()
  for (const path of [
    ...pages,
    "/nothing",
    "/robots.txtx",
    "/favicon.ico/a",
    "/auth/error?error=misconfigured",
  ]) {
    const answer = await visitor.send(path)
    const policy = directivesOf(answer)
    const scripts = policy.get("script-src") ?? []
    const nonce = /'nonce-([^']+)'/.exec(scripts.join(" "))?.[1] ?? "none"
    expect(scripts, path).toEqual(["'self'", `'nonce-${nonce}'`, "'strict-dynamic'"])
    expect(policy.get("style-src"), path).toEqual(["'self'", `'nonce-${nonce}'`])
    for (const name of ["object-src", "base-uri", "frame-ancestors"])
      expect(policy.get(name), path).toEqual(["'none'"])
    expect(policy.get("form-action"), path).toEqual(["'self'", emulator.siteUrl])
    expect(policy.get("default-src"), path).toEqual(["'self'"])
    const tags = answer.text.match(/<script\b[^>]*>/g) ?? []
    expect(tags.length, path).toBeGreaterThan(0)
    expect(
      tags.filter((tag) => !tag.includes(`nonce="${nonce}"`)),
      path,
    ).toEqual([])
    expect(answer.text, path).not.toMatch(/<[^>]+\s(on\w+|style)=["']/)
  }
})

test("H1 a thousand responses have a thousand nonces", async ({ visitor }) => {
  const answers = await inBatches(Array(1_000).fill("/.well-known/security.txt"), (path) =>
    visitor.send(path, { method: "HEAD" }),
  )
  const nonces = answers.map((answer) => directivesOf(answer).get("script-src")?.[1])
  expect(new Set(nonces).size).toBe(1_000)
  for (const nonce of nonces) expect(nonce).toMatch(/^'nonce-[\w-]{22}'$/)
})

test("H1 a browser reports no violation of the policy on any page", async ({ page }) => {
  const violations: string[] = []
  await page.exposeFunction("reportViolation", (text: string) => violations.push(text))
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      const { reportViolation } = window as unknown as { reportViolation: (text: string) => void }
      reportViolation(`${violatedDirective} ${blockedURI}`)
    })
  })
  await page.goto("/")
  await signInByHand(page, "/profile")
  for (const path of ["/integrations/bitbucket", "/sessions", "/activity", "/", "/signin", "/disconnected"])
    await page.goto(path)
  await page.goto("/integrations/bitbucket")
  await pressOnConnectionPage(page, "button", "Renew access now")
  await expect(page.getByText("Nothing to renew: your access is less than a minute old.")).toBeVisible()
  await page.getByRole("button", { name: "dark" }).click()
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark")
  await page.getByRole("button", { name: "Disconnect…" }).click()
  await page.getByRole("button", { name: "Disconnect now" }).click()
  await expect(page).toHaveURL("/disconnected")
  expect(violations).toEqual([])
})

test("H2 the app never adopts a policy or nonce from a request", async ({ visitor }) => {
  const headers = {
    "content-security-policy": "script-src 'nonce-evilnonce' 'unsafe-inline'; \"><script>evil()</script>",
    "content-security-policy-report-only": "script-src 'nonce-evilnonce'",
    "x-nonce": '"><script>evil()</script>',
    nonce: "evilnonce",
    "x-middleware-request-content-security-policy": "script-src 'nonce-evilnonce'",
    "x-middleware-override-headers": "content-security-policy",
  }
  for (const path of ["/", "/signin", "/nothing", "/auth/error?error=unknown"]) {
    const answer = await visitor.send(path, { headers })
    expect(answer.text + JSON.stringify(answer.headers), path).not.toContain("evil")
  }
})

test.describe("in a frame of another site", () => {
  test.use({ expectedConsoleErrors: [/frame-ancestors|Refused to (frame|display)|Framing|status of 403/i] })

  test("H3 no page of the app appears in a frame", async ({ page, appUrl }) => {
    await signInFrom(page, "/profile")
    const paths = ["/signin", "/profile", "/integrations/bitbucket", "/sessions", "/disconnected"]
    const framing = createServer((_, response) =>
      response
        .writeHead(200, { "content-type": "text/html" })
        .end(paths.map((path) => `<iframe src="${appUrl}${path}"></iframe>`).join("")),
    )
    await new Promise<void>((resolve) => {
      framing.listen(0, "127.0.0.1", resolve)
    })
    await page.goto(`http://127.0.0.1:${(framing.address() as AddressInfo).port}/`)
    const frames = page.frames().slice(1)
    expect(frames).toHaveLength(paths.length)
    for (const frame of frames) {
      expect(frame.url()).not.toContain(appUrl)
      expect(await frame.evaluate(() => document.body.textContent)).not.toMatch(/Demo Person|Sign in with/)
    }
    framing.close()
  })
})

test("H4 every response has the strict security headers, whatever its status", async ({
  visitor,
  emulator,
}) => {
  const anonymous = visitor.copy()
  await visitor.signIn()
  const asset = builtAssets().find((path) => path.endsWith(".js")) ?? ""
  const { pages, handlers } = builtRoutes()
  const answers: [string, Answer][] = []
  for (const path of [
    ...pages,
    ...handlers,
    asset,
    "/nothing",
    "/api/nothing",
    "/_next/static/nothing.js",
    "/_next/image?url=%2Fx&w=16&q=1",
    "/%ff",
  ])
    answers.push([path, await visitor.send(path)], [`${path} without a session`, await anonymous.send(path)])
  await emulator.control.addFault({ kind: "status", status: 503, times: null })
  answers.push(["a callback that fails", await visitor.send("/api/auth/callback/bitbucket?code=c&state=s")])
  answers.push(["too large", await visitor.send("/", { method: "POST", body: "x".repeat(20_000) })])
  answers.push(["TRACE", await visitor.send("/", { method: "TRACE" })])
  answers.push([
    "a refused refresh",
    await visitor.send("/api/token/refresh", { method: "POST", headers: { origin: "null" } }),
  ])
  const statuses = new Set(answers.map(([, { status }]) => status))
  for (const status of [200, 302, 307, 400, 401, 403, 404, 405, 413]) expect([...statuses]).toContain(status)

  for (const [where, { headers }] of answers) {
    expect(headers, where).toMatchObject({
      "x-content-type-options": "nosniff",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "x-frame-options": "DENY",
    })
    expect(headers["referrer-policy"], where).toBe(
      /callback/.test(where) ? "no-referrer" : "strict-origin-when-cross-origin",
    )
    const [, maxAge] =
      /^max-age=(\d+); includeSubDomains$/.exec(headers["strict-transport-security"] ?? "") ?? []
    expect(Number(maxAge), where).toBeGreaterThanOrEqual(365 * 24 * 60 * 60)
    for (const feature of ["camera", "geolocation", "microphone", "payment"])
      expect(headers["permissions-policy"], where).toContain(`${feature}=()`)
    expect([headers["x-powered-by"], headers.server], where).toEqual([undefined, undefined])
  }
})

test("H4 a response that is not a page may load and run nothing", async ({ visitor }) => {
  const asset = builtAssets().find((path) => path.endsWith(".js")) ?? ""
  const routes = ["/api/health", "/api/auth/session", "/api/auth/csrf", "/api/nothing"]
  for (const path of [...routes, "/oauth/bitbucket/authorize", asset])
    expect((await visitor.send(path)).headers["content-security-policy"], path).toContain(
      "default-src 'none'",
    )
})

test("H5 no other origin may read a response", async ({ visitor }) => {
  await visitor.signIn()
  const { handlers } = builtRoutes()
  for (const path of [...handlers, "/profile", "/"])
    for (const origin of ["https://evil.example", "null", "http://localhost"])
      for (const [method, more] of [
        ["GET", {}],
        ["OPTIONS", { "access-control-request-method": "POST", "access-control-request-headers": "x-evil" }],
      ] as const) {
        const { headers } = await visitor.send(path, { method, headers: { origin, ...more } })
        const cors = Object.keys(headers).filter((name) => name.startsWith("access-control-"))
        expect(cors, `${method} ${path} from ${origin}`).toEqual([])
      }
})

test("H6 every body declares its type, and no JSON or text can be taken for a page", async ({ visitor }) => {
  const anonymous = visitor.copy()
  await visitor.signIn()
  const { pages, handlers } = builtRoutes()
  const paths = [...pages, ...handlers, ...builtAssets(), "/nothing", "/api/nothing"]
  const answers: [string, Answer][] = []
  for (const path of paths) answers.push([path, await visitor.send(path)], [path, await anonymous.send(path)])
  answers.push(["a renewal", await visitor.send("/api/token/refresh", { method: "POST" })])
  answers.push(["a form", await press(visitor, "/signin", "dark")])
  const read = answers.filter(([, { status, text }]) => text !== "" && (status < 300 || status >= 400))
  for (const [path, { headers, text }] of read) {
    const type = headers["content-type"] ?? "none"
    expect(headers["x-content-type-options"], path).toBe("nosniff")
    if (text.startsWith("<!DOCTYPE")) expect(type, path).toBe("text/html; charset=utf-8")
    else if (/^[[{"]|^null$/.test(text) && path.startsWith("/api/"))
      expect(type, path).toBe("application/json")
    else expect(type, path).not.toMatch(/html|^none$/)
  }
})
