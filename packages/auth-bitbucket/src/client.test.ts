import { createServer, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { inspect } from "node:util"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { type ClientOptions, createClient, type GetToken, readAll } from "./client.ts"

type Sent = {
  method: string
  path: string
  token: string | undefined
  body: string
  type: string | undefined
}
type Answer = { status?: number; json?: unknown; run?: (response: ServerResponse) => void }

/** An API that answers as each test says, and records the requests. */
let server: Server
let api: string
let sent: Sent[]
let answer: (request: Sent) => Answer

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const { method = "", url: path = "", headers } = request
    const token = headers.authorization?.replace(/^Bearer /, "")
    const received = { method, path, token, body: await text(request), type: headers["content-type"] }
    sent.push(received)
    const { status = 200, json, run } = answer(received)
    if (run) return run(response)
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

beforeEach(() => {
  sent = []
  answer = () => ({ json: {} })
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const clientWith = (getToken: GetToken = () => "token", options: Partial<ClientOptions> = {}) =>
  createClient({ getToken, urls: { api }, ...options })

const thrownBy = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  )

const repository = (number: number) => ({ full_name: `acme/r-${number}` })
const repositories = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => repository(from + index))
const first = "/2.0/repositories/acme?pagelen=100"
const next = (page: number) => `${api}/2.0/repositories/acme?page=${page}`

/** The list of a workspace whose pages are these, the second behind the first and so on. */
function servePages(...pages: object[]): void {
  answer = ({ path }) => {
    const number = Number(/[?&]page=(\d+)/.exec(path)?.[1] ?? 1)
    return { json: { ...(number < pages.length && { next: next(number + 1) }), ...pages[number - 1] } }
  }
}

async function readRepositories(options: Partial<ClientOptions> = {}) {
  const { items, incomplete } = await readAll(clientWith(undefined, options).repositories("acme"))
  return { slugs: items.map(({ slug }) => slug), incomplete }
}

describe("one repository", () => {
  const read = () => clientWith().repository("Acme", "tools")

  test("is read by the slugs of its workspace and itself, with the name of the workspace", async () => {
    answer = () => ({ json: { full_name: "acme/tools", name: "Tools", workspace: { name: "Acme, Inc." } } })
    expect(await read()).toEqual({
      workspace: "acme",
      workspaceName: "Acme, Inc.",
      slug: "tools",
      name: "Tools",
      description: null,
      isPrivate: null,
      language: null,
      updatedOn: null,
    })
    expect(sent[0]?.path).toMatch(/^\/2\.0\/repositories\/Acme\/tools\?fields=full_name,/)
  })

  test("is never another than the requested one", async () => {
    answer = () => ({ json: { full_name: "acme/tools-2" } })
    await expect(read()).rejects.toMatchObject({ code: "unexpected_answer" })
  })
})

describe("the repositories of a workspace", () => {
  test("are all there, however many pages they fill, with one request per page", async () => {
    const pages = Array.from({ length: 14 }, (_, index) => ({
      values: repositories(index * 100 + 1, index * 100 + 100),
      size: 1_400,
    }))
    servePages(...pages)
    const { slugs, incomplete } = await readRepositories()
    expect([slugs.length, new Set(slugs).size, slugs[0], slugs.at(-1)]).toEqual([
      1_400,
      1_400,
      "r-1",
      "r-1400",
    ])
    expect(incomplete).toBeNull()
    expect(sent).toHaveLength(14)
    expect(sent[0]?.path).toContain(first)
  })

  test("may come in a page of 307 kB; a smaller cap refuses it and says so", async () => {
    const values = repositories(1, 100).map((one) => ({ ...one, description: "d".repeat(3_040) }))
    expect(JSON.stringify({ values }).length).toBeGreaterThan(307_000)
    servePages({ values, size: 100 })
    expect(await readRepositories()).toMatchObject({ slugs: { length: 100 }, incomplete: null })
    await expect(readRepositories({ maxResponseBytes: 256 * 1024 })).rejects.toMatchObject({
      code: "unexpected_answer",
      status: 200,
    })
  })

  test("are asked for by a condition, an order and a length of the page, as the caller says", async () => {
    servePages({ values: [] })
    const query = { query: 'name ~ "a&b"', sort: "-updated_on", pageLength: 50 }
    await readAll(clientWith().repositories("{uuid}/..", query))
    const { pathname, searchParams } = new URL(sent[0]?.path ?? "", api)
    expect(pathname).toBe("/2.0/repositories/%7Buuid%7D%2F..")
    expect(Object.fromEntries(searchParams)).toMatchObject({
      q: 'name ~ "a&b"',
      sort: "-updated_on",
      pagelen: "50",
    })
  })

  test("may have fields that are not known yet", async () => {
    servePages({
      values: [{ ...repository(1), shape: { of: ["things", "to", "come"] } }],
      size: 1,
      more: true,
    })
    expect(await readRepositories()).toEqual({ slugs: ["r-1"], incomplete: null })
  })

  test.each<[string, (response: ServerResponse) => void, string]>([
    [
      "whose connection broke",
      (response) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": "5000" })
        response.write('{"values": [{"full_name": "acme/r-101"}')
        setImmediate(() => response.destroy())
      },
      "unreachable",
    ],
    [
      "that ends in the middle",
      (response) => {
        response
          .writeHead(200, { "content-type": "application/json" })
          .end('{"values": [{"full_name": "acme/r-101"}')
      },
      "unexpected_answer",
    ],
  ])("fail with the page %s, after those that came whole", async (_, run, code) => {
    answer = ({ path }) =>
      path.includes("page=2") ? { run } : { json: { values: repositories(1, 100), next: next(2) } }
    const seen: string[] = []
    const reading = (async () => {
      for await (const { slug } of clientWith().repositories("acme")) seen.push(slug)
    })()
    await expect(reading).rejects.toMatchObject({ code })
    expect(seen).toHaveLength(100)
  })

  test.each<[string, () => object[], object, number]>([
    [
      "one page leads back to the first",
      () => [{ values: repositories(1, 2) }, { values: repositories(3, 4), next: next(2) }],
      { reason: "repeated_page", read: 4 },
      2,
    ],
    [
      "a page comes again under another address",
      () => [{ values: repositories(1, 2) }, { values: repositories(1, 2) }, { values: repositories(3, 4) }],
      { reason: "repeated_page", read: 2 },
      2,
    ],
    [
      "fewer came than Bitbucket counts",
      () => [
        { values: repositories(1, 2), size: 4 },
        { values: repositories(3, 3), size: 4 },
      ],
      { reason: "fewer_than_counted", read: 3, total: 4 },
      2,
    ],
    [
      "one was deleted meanwhile, so that another moved to a page that was read",
      () => [
        { values: repositories(1, 2), size: 4 },
        { values: [repository(4)], size: 3 },
      ],
      { reason: "changed_meanwhile", read: 3, total: 3 },
      2,
    ],
    [
      "an entry cannot be read",
      () => [{ values: [repository(1), { full_name: 7 }, repository(3)], size: 3 }],
      { reason: "unreadable_entries", read: 2, total: 3 },
      1,
    ],
    [
      "it goes on at another origin",
      () => [{ values: repositories(1, 2), next: "https://evil.example/2.0/repositories/acme?page=2" }],
      { reason: "next_elsewhere", read: 2 },
      1,
    ],
    [
      "it goes on in another list",
      () => [{ values: repositories(1, 2), next: `${api}/2.0/repositories/other?page=2` }],
      { reason: "next_elsewhere", read: 2 },
      1,
    ],
    [
      "it goes on at an address with credentials",
      () => [{ values: repositories(1, 2), next: next(2).replace("//", "//user:pw@") }],
      { reason: "next_elsewhere", read: 2 },
      1,
    ],
  ])(
    "are never silently fewer: the list says what is missing where %s",
    async (_, pages, incomplete, calls) => {
      servePages(...pages())
      const { slugs, incomplete: missing } = await readRepositories()
      expect(missing).toMatchObject(incomplete)
      expect(slugs).toHaveLength(missing?.read ?? -1)
      expect(sent).toHaveLength(calls)
    },
  )

  test("come once each and are complete if one was created while the client read them", async () => {
    servePages(
      { values: repositories(1, 2), size: 3 },
      { values: [repository(2), repository(3)], size: 4 },
      { values: [repository(4)], size: 4 },
    )
    expect(await readRepositories()).toEqual({ slugs: ["r-1", "r-2", "r-3", "r-4"], incomplete: null })
  })

  test("are read no further than the caller goes on", async () => {
    servePages({ values: repositories(1, 2) }, { values: repositories(3, 4) })
    for await (const { slug } of clientWith().repositories("acme")) if (slug === "r-2") break
    expect(sent).toHaveLength(1)
  })

  test("go on from a page that this list gave, and from no other address", async () => {
    servePages({ values: repositories(1, 2) }, { values: repositories(3, 4) })
    const list = clientWith().repositories("acme")
    const page = (await list.pages(next(2)).next()).value
    expect(page).toMatchObject({ items: [{ slug: "r-3" }, { slug: "r-4" }], next: null })
    for (const foreign of [
      "https://evil.example/2.0/repositories/acme",
      `${api}/2.0/user`,
      "/2.0/repositories/acme",
    ])
      await expect(list.pages(foreign).next()).rejects.toBeInstanceOf(TypeError)
    expect(sent).toHaveLength(1)
  })
})

const refusal = {
  status: 401,
  json: {
    type: "error",
    error: { message: "Token is invalid, expired, or not supported for this endpoint." },
  },
}

/** A source of tokens that gives a new one whenever it is forced to. */
function tokens() {
  let current = 1
  const forced: string[] = []
  const getToken: GetToken = async (options) => {
    if (options?.rejected !== undefined) {
      expect(options.rejected).toEqual({ value: `token-${current}` })
      forced.push(`token-${current}`)
      current++
    }
    return { value: `token-${current}` }
  }
  return { getToken, forced }
}

describe("a write", () => {
  const body = { title: "Zoë's" }

  test("goes out once, as JSON, with the token in its header and nowhere else", async () => {
    answer = () => ({ status: 201, json: { id: 1 } })
    const response = await clientWith().request("POST", "/2.0/repositories/acme/tools/pullrequests", body)
    expect([response.status, await response.json()]).toEqual([201, { id: 1 }])
    expect(sent).toEqual([
      {
        method: "POST",
        path: "/2.0/repositories/acme/tools/pullrequests",
        token: "token",
        body: JSON.stringify(body),
        type: "application/json",
      },
    ])
  })

  test.each<[string, () => FormData | URLSearchParams | string | Uint8Array<ArrayBuffer>, RegExp, RegExp]>([
    [
      "a form with files",
      () => {
        const form = new FormData()
        form.set("README.md", "# Hi")
        return form
      },
      /^multipart\/form-data; boundary=/,
      /name="README\.md"\r\n\r\n# Hi/,
    ],
    ["a form", () => new URLSearchParams({ a: "b c" }), /^application\/x-www-form-urlencoded/, /^a=b\+c$/],
    ["text", () => "plain", /^text\/plain/, /^plain$/],
  ])("may be %s, and is the same when it is sent again after a 401", async (_, content, type, text) => {
    const { getToken } = tokens()
    answer = ({ token }) =>
      token === "token-1" ? refusal : { status: 204, run: (r) => r.writeHead(204).end() }
    await clientWith(getToken).request("POST", "/2.0/x", content())
    const writes = sent.filter(({ method }) => method === "POST")
    expect(writes.map(({ token }) => token)).toEqual(["token-1", "token-2"])
    for (const write of writes) {
      expect(write.type).toMatch(type)
      expect(write.body).toMatch(text)
    }
  })

  test("that was refused with a 401 before anything was done is sent once more, with another token", async () => {
    const { getToken, forced } = tokens()
    answer = ({ token }) => (token === "token-1" ? refusal : { status: 201, json: {} })
    await clientWith(getToken).request("PUT", "/2.0/x", body)
    expect(sent.map(({ method, path, token }) => `${method} ${path} ${token}`)).toEqual([
      "PUT /2.0/x token-1",
      "GET /2.0/user token-1",
      "PUT /2.0/x token-2",
    ])
    expect(forced).toEqual(["token-1"])
  })

  test("and a call of user() that are both refused ask once whose token it is", async () => {
    const { getToken, forced } = tokens()
    const user = { uuid: "{11111111-2222-4333-8444-555555555555}" }
    answer = ({ token }) => (token === "token-1" ? refusal : { json: user })
    const client = clientWith(getToken)
    await Promise.all([client.user(), client.request("PUT", "/2.0/x", body)])
    const asked = sent.filter(({ path }) => path === "/2.0/user").map(({ token }) => token)
    expect(asked).toEqual(["token-1", "token-2"])
    expect(forced).toEqual(["token-1"])
  })

  test("is not sent a third time if the other token is refused too", async () => {
    const { getToken, forced } = tokens()
    answer = () => refusal
    await expect(clientWith(getToken).request("POST", "/2.0/x", body)).rejects.toMatchObject({
      code: "unauthorized",
    })
    expect(sent.filter(({ method }) => method === "POST")).toHaveLength(2)
    expect(forced).toHaveLength(1)
  })

  test("is not sent again if there is no other token", async () => {
    answer = () => refusal
    await expect(clientWith().request("POST", "/2.0/x", body)).rejects.toMatchObject({ code: "unauthorized" })
    expect(sent.filter(({ method }) => method === "POST")).toHaveLength(1)
  })

  test("is not sent again if it cannot get another token, and says why", async () => {
    answer = () => refusal
    class UserAuthorizationRequiredError extends Error {}
    const getToken: GetToken = (options) => {
      if (options?.rejected === "token") throw new UserAuthorizationRequiredError()
      return "token"
    }
    await expect(clientWith(getToken).request("POST", "/2.0/x", body)).rejects.toBeInstanceOf(
      UserAuthorizationRequiredError,
    )
    expect(sent.filter(({ method }) => method === "POST")).toHaveLength(1)
  })

  test("whose 401 is about the endpoint is not sent again: the token is as good as before", async () => {
    const { getToken, forced } = tokens()
    answer = ({ path }) => (path === "/2.0/user" ? { json: {} } : refusal)
    await expect(clientWith(getToken).request("POST", "/2.0/x", body)).rejects.toMatchObject({
      code: "forbidden",
      status: 401,
    })
    expect([sent.filter(({ method }) => method === "POST").length, forced.length]).toEqual([1, 0])
  })

  test.each<[string, (response: ServerResponse) => void]>([
    ["the connection broke before an answer", (response) => response.destroy()],
    [
      "the answer broke off",
      (response) => {
        response.writeHead(201, { "content-length": "100" }).write("{")
        setImmediate(() => response.destroy())
      },
    ],
    ["no answer came in time", () => undefined],
  ])("is not sent again when %s, since it may have been done", async (_, run) => {
    answer = () => ({ run })
    const { getToken, forced } = tokens()
    const client = clientWith(getToken, { timeoutMs: 300 })
    await expect(client.request("POST", "/2.0/x", body)).rejects.toMatchObject({ code: "unreachable" })
    expect([sent.length, forced.length]).toEqual([1, 0])
  })

  test.each([500, 502, 503, 429])("is not sent again if Bitbucket answers %i", async (status) => {
    answer = () => ({ status, json: {} })
    await thrownBy(clientWith().request("POST", "/2.0/x", body))
    expect(sent).toHaveLength(1)
  })

  test("that Bitbucket refuses gives Bitbucket's text to the caller, and to no log", async () => {
    answer = () => ({
      status: 400,
      json: { error: { message: "A repository named Zoë's is there already" } },
    })
    const error = await thrownBy(clientWith().request("POST", "/2.0/x", body))
    expect(error).toMatchObject({
      code: "refused",
      status: 400,
      body: { error: { message: expect.stringContaining("Zoë") } },
    })
    expect(inspect(error) + JSON.stringify(error)).not.toContain("Zoë")
  })
})

describe("a call", () => {
  test.each(["https://evil.example/2.0/user", "evil", ""])(
    "to %j goes nowhere, and no token with it",
    async (path) => {
      await expect(clientWith().request("GET", path)).rejects.toBeInstanceOf(TypeError)
      expect(sent).toEqual([])
    },
  )

  test("that meets a refused token at the same time as others shares one replacement with them", async () => {
    const { getToken, forced } = tokens()
    answer = ({ token }) => (token === "token-1" ? refusal : { json: {} })
    const client = clientWith(getToken)
    await Promise.all(Array.from({ length: 8 }, (_, index) => client.request("GET", `/2.0/x/${index}`)))
    expect(forced).toEqual(["token-1"])
    expect(sent.filter(({ token }) => token === "token-2")).toHaveLength(8)
  })

  test("asks for its token each time, so that it uses a new one immediately", async () => {
    const given = ["a", "b"]
    const client = clientWith(() => given.shift() ?? "c")
    for (let calls = 0; calls < 3; calls++) await client.request("GET", "/2.0/x")
    expect(sent.map(({ token }) => token)).toEqual(["a", "b", "c"])
  })

  test.each(["the client's signal", "its own signal"])("ends with %s, and says why", async (whose) => {
    const caller = new AbortController()
    answer = () => ({ run: () => caller.abort(new DOMException("Enough", "AbortError")) })
    const ofClient = whose === "the client's signal"
    const client = clientWith(undefined, ofClient ? { signal: caller.signal } : {})
    const call = client.request("GET", "/2.0/x", undefined, ofClient ? {} : { signal: caller.signal })
    expect(await thrownBy(call)).toMatchObject({ code: "unreachable", cause: { name: "AbortError" } })
  })

  test("ends at its deadline, however slowly the answer drips, and however it is sent", async () => {
    for (const fetch of [undefined, globalThis.fetch]) {
      let timer: NodeJS.Timeout | undefined
      answer = () => ({
        run(response) {
          response.writeHead(200)
          timer = setInterval(() => response.write("x"), 20)
        },
      })
      const error = await thrownBy(clientWith(undefined, { fetch, timeoutMs: 200 }).request("GET", "/2.0/x"))
      clearInterval(timer)
      expect(error).toMatchObject({ code: "unreachable", cause: { name: "TimeoutError" } })
    }
  })

  test("reads no more than its cap, and follows no redirect, however it is sent", async () => {
    for (const fetch of [undefined, globalThis.fetch]) {
      const client = clientWith(undefined, { fetch, maxResponseBytes: 1_000 })
      answer = () => ({ json: "x".repeat(2_000) })
      expect(await thrownBy(client.request("GET", "/2.0/x"))).toMatchObject({
        code: "unexpected_answer",
        status: 200,
      })
      answer = () => ({
        run: (response) => void response.writeHead(302, { location: `${api}/elsewhere` }).end(),
      })
      expect(await thrownBy(client.request("GET", "/2.0/x"))).toMatchObject({
        code: "unexpected_answer",
        status: 302,
      })
    }
    expect(sent.map(({ path }) => path)).not.toContain("/elsewhere")
  })
})
