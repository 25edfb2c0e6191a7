import { describe, expect, test } from "vitest"
import { createRouteHandler, type RouteHandlerOptions, type StateStore } from "../next.ts"
import { basic, demoClient } from "./oauth-client.ts"

const app = "https://app.example.test"
const baseUrl = `${app}/bitbucket-emulator`

/** One row, as a database would keep it. */
function memoryStore(): StateStore & { content: () => string } {
  let row: { version: number; document: string } | null = null
  return {
    read: async () => row,
    write: async (document, version) => {
      if ((row?.version ?? null) !== version) return false
      row = { version: (version ?? 0) + 1, document }
      return true
    },
    content: () => row?.document ?? "",
  }
}

type Handler = ReturnType<typeof createRouteHandler>

const handlerOn = (state: StateStore, options: Partial<RouteHandlerOptions> = {}): Handler =>
  createRouteHandler({ baseUrl, state, callbackUrl: app, ...options })

/** Follows links and redirects as a browser would, each request at the next of several servers. */
function browserAt(handlers: readonly Handler[]) {
  const cookies = new Map<string, string>()
  let requests = 0
  const send = async (address: string, fields?: Record<string, string>): Promise<Response> => {
    const handler = handlers[requests++ % handlers.length]
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ")
    const form = fields && {
      method: "POST",
      body: new URLSearchParams({ csrfmiddlewaretoken: cookies.get("csrftoken") ?? "", ...fields }),
    }
    const response = await (handler as Handler)(
      new Request(new URL(address, app), { ...form, headers: { cookie } }),
    )
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      expect(line).toContain("; Path=/bitbucket-emulator/site")
      cookies.set(name, value)
    }
    return response
  }
  return { get: (address: string) => send(address), post: send }
}

const authorizeUrl = `${baseUrl}/site/site/oauth2/authorize?client_id=${demoClient.key}&response_type=code&state=s`

async function obtainCode(handlers: readonly Handler[]): Promise<string> {
  const browser = browserAt(handlers)
  const toSignIn = (await browser.get(authorizeUrl)).headers.get("Location") ?? ""
  expect(toSignIn).toMatch("/bitbucket-emulator/site/account/signin/?next=")
  const page = await (await browser.get(toSignIn)).text()
  const action = / action="([^"]*signin[^"]*)"/.exec(page)?.[1] ?? ""
  const next = new URL(toSignIn, app).searchParams.get("next") ?? ""
  const signedIn = await browser.post(action, { username: "demo", password: "demo", next })
  const question = await (await browser.get(signedIn.headers.get("Location") ?? "")).text()
  expect(question).toContain("asks for access")
  const allowed = await browser.post(/ action="([^"]*authorize)"/.exec(question)?.[1] ?? "", {
    ...Object.fromEntries(new URL(authorizeUrl).searchParams),
    action: "approve",
  })
  const callback = new URL(allowed.headers.get("Location") ?? "")
  expect(callback.origin).toBe(app)
  return callback.searchParams.get("code") ?? ""
}

async function ask(handler: Handler, fields: Record<string, string>) {
  const response = await handler(
    new Request(`${baseUrl}/site/site/oauth2/access_token`, {
      method: "POST",
      headers: { Authorization: basic(demoClient) },
      body: new URLSearchParams(fields),
    }),
  )
  return { status: response.status, body: (await response.json()) as Record<string, string> }
}

const user = (handler: Handler, token: string) =>
  handler(new Request(`${baseUrl}/api/2.0/user`, { headers: { Authorization: `Bearer ${token}` } }))

test("two servers that share a row sign a person in below the app's path, each request at the other", async () => {
  const state = memoryStore()
  const handlers = [handlerOn(state), handlerOn(state)]
  const code = await obtainCode(handlers)
  const [one, other] = handlers as [Handler, Handler]
  const { status, body } = await ask(one, { grant_type: "authorization_code", code })
  expect(status).toBe(200)
  const profile = (await (await user(other, body.access_token ?? "")).json()) as {
    display_name: string
    links: Record<string, { href: string }>
  }
  expect(profile.display_name).toBe("Demo Person")
  expect(profile.links.self?.href).toMatch(`${baseUrl}/api/2.0/users/`)
  expect(profile.links.avatar?.href).toMatch(`${baseUrl}/site/account/avatars/`)
  const avatar = await other(new Request(profile.links.avatar?.href ?? ""))
  expect(avatar.headers.get("Content-Type")).toMatch("image/svg+xml")
  // A code works once, whichever server is asked.
  expect((await ask(other, { grant_type: "authorization_code", code })).status).toBe(400)
})

test("every link, form and picture of its pages leads below the base path, none to the live page", async () => {
  const browser = browserAt([handlerOn(memoryStore())])
  for (const path of ["/", "/account/signin/"]) {
    const page = await (await browser.get(`${baseUrl}/site${path}`)).text()
    const leads = [...page.matchAll(/ (?:href|action|src)="(\/[^"]*)"/g)].map(([, address]) => address)
    expect(leads.length).toBeGreaterThan(1)
    for (const address of leads) expect(address).toMatch(/^\/bitbucket-emulator\/site\//)
    expect(page).not.toContain("_control")
  }
})

test("if many clients redeem one code at the same time, one gets tokens", async () => {
  const state = memoryStore()
  const code = await obtainCode([handlerOn(state)])
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => ask(handlerOn(state), { grant_type: "authorization_code", code })),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(400)])
})

test("what changes nothing writes nothing", async () => {
  const state = memoryStore()
  await handlerOn(state)(new Request(`${baseUrl}/site/account/signin/`))
  expect(state.content()).toBe("")
})

test("a document that this version cannot read counts as none", async () => {
  const state = memoryStore()
  await state.write('{"version":"of another deployment"}', null)
  expect(await obtainCode([handlerOn(state)])).toMatch(/^\w{18}$/)
})

test.each(["/bitbucket-emulator", "/bitbucket-emulator/else", "/bitbucket-emulator/sites", "/"])(
  "%s is neither of its origins",
  async (path) => {
    expect((await handlerOn(memoryStore())(new Request(`${app}${path}`))).status).toBe(404)
  },
)

test("a body of more than a megabyte is refused", async () => {
  const body = "a".repeat(1024 * 1024 + 1)
  const request = new Request(`${baseUrl}/site/account/signin/`, { method: "POST", body })
  expect((await handlerOn(memoryStore())(request)).status).toBe(413)
})

test("a page's style carries the nonce that the app's policy asks for", async () => {
  const handler = handlerOn(memoryStore(), {
    styleNonceOf: ({ headers }) => headers.get("x-nonce") ?? undefined,
  })
  const request = new Request(`${baseUrl}/site/`, { headers: { "x-nonce": "abc" } })
  expect(await (await handler(request)).text()).toContain('<style nonce="abc">')
})

describe("the control API", () => {
  const call = (handler: Handler, path: string, body: object, token?: string) =>
    handler(
      new Request(`${baseUrl}/site/_control${path}`, {
        method: path === "/clock" ? "PUT" : "POST",
        headers: token === undefined ? {} : { "X-Emulator-Control": token },
        body: JSON.stringify(body),
      }),
    )

  test("is not there without a token", async () => {
    expect((await call(handlerOn(memoryStore()), "/reset", {}, "1")).status).toBe(404)
  })

  test("with a token expires, moves the clock and resets, for every server", async () => {
    const state = memoryStore()
    const [one, other] = [0, 1].map(() => handlerOn(state, { controlToken: "the-token" })) as [
      Handler,
      Handler,
    ]
    expect((await call(one, "/reset", {})).status).toBe(401)
    expect((await call(one, "/reset", {}, "1")).status).toBe(401)
    const code = await obtainCode([one])
    const { body } = await ask(one, { grant_type: "authorization_code", code })
    const token = body.access_token ?? ""
    expect((await user(other, token)).status).toBe(200)
    await call(one, "/tokens/expire", { username: "demo" }, "the-token")
    expect((await user(other, token)).status).toBe(401)
    const again = await ask(other, { grant_type: "refresh_token", refresh_token: body.refresh_token ?? "" })
    expect((await user(one, again.body.access_token ?? "")).status).toBe(200)
    await call(one, "/clock", { advance: "3h" }, "the-token")
    expect((await user(other, again.body.access_token ?? "")).status).toBe(401)
    expect((await call(other, "/reset", {}, "the-token")).status).toBe(200)
    const afterReset = await ask(one, {
      grant_type: "refresh_token",
      refresh_token: again.body.refresh_token ?? "",
    })
    expect(afterReset.status).toBe(400)
    expect((await call(one, "/reset", { seed: "empty" }, "the-token")).status).toBe(400)
    // What needs a process that lives on is not there.
    for (const path of ["/faults", "/requests", "/webhooks", "/state", "/"])
      expect((await call(one, path, {}, "the-token")).status, path).toBe(404)
  })
})
