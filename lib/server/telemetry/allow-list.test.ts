import { describe, expect, test } from "vitest"
import { allowedAttributes, allowedName, allowedResourceAttributes } from "./allow-list"

const secret = "aVery-Secret_Code.0123456789abcdef"

describe("an attribute", () => {
  test("that is known to this app and the conventions goes out", () => {
    const attributes = {
      "http.request.method": "POST",
      "http.response.status_code": 200,
      "http.route": "/workspaces/[slug]",
      "url.template": "/2.0/user/workspaces/{workspace}/permission",
      "error.type": "rate_limited",
      "next.rsc": false,
      "bitbucket.outcome": "signed_in",
      "bitbucket.refresh.lease": "taken",
      "bitbucket.refresh.attempt": 1,
      "bitbucket.refresh.wait_ms": 0,
    }
    expect(allowedAttributes(attributes)).toEqual(attributes)
  })

  test("under an old name that Next still uses goes out under today's name", () => {
    expect(
      allowedAttributes({ "http.method": "GET", "http.status_code": 302, "next.route": "/profile" }),
    ).toEqual({ "http.request.method": "GET", "http.response.status_code": 302, "http.route": "/profile" })
  })

  test.each([
    ["http.target", `/api/auth/callback/bitbucket?code=${secret}`],
    ["http.url", `https://api.bitbucket.org/2.0/user?access_token=${secret}`],
    ["url.full", "https://app.example/"],
    ["url.query", `code=${secret}`],
    ["next.span_name", `GET /callback?code=${secret}`],
    ["http.user_agent", "Mozilla/5.0"],
    ["http.referer", "https://app.example/"],
    ["client.address", "192.0.2.1"],
    ["net.peer.name", "api.bitbucket.org"],
    ["exception.message", secret],
    ["enduser.id", "demo@example.com"],
    ["constructor", "x"],
    ["__proto__x", "x"],
  ])("%s stays here", (key, value) => {
    expect(allowedAttributes({ [key]: value })).toEqual({})
  })

  test.each([
    ["http.route", `/api/auth/callback/bitbucket?code=${secret}`],
    ["http.route", `/callback/${secret}`],
    ["http.route", "/workspaces/%7B00000000-1111-2222-3333-444444444444%7D"],
    ["http.route", "https://app.example/profile"],
    ["url.template", "/2.0/workspaces/{00000000-1111-2222-3333-444444444444}"],
    ["http.request.method", `GET ${secret}`],
    ["http.response.status_code", secret],
    ["error.type", `Error: ${secret}`],
    ["error.type", "demo@example.com"],
    ["bitbucket.outcome", secret],
    ["bitbucket.refresh.lease", [secret]],
    ["bitbucket.refresh.wait_ms", Number.NaN],
    ["next.span_type", secret],
    ["db.operation.name", `select '${secret}'`],
  ])("%s does not go out with a forbidden value: %s", (key, value) => {
    expect(allowedAttributes({ [key]: value })).toEqual({})
  })

  test("of the process is the name that its operator gave it", () => {
    expect(
      allowedResourceAttributes({
        "service.name": "app",
        "host.name": "db-1",
        "process.command_args": secret,
      }),
    ).toEqual({ "service.name": "app" })
  })
})

describe("the name of a span", () => {
  test.each(["bitbucket.refresh", "store.session.read"])("of ours stays: %s", (name) => {
    expect(allowedName(name, {})).toBe(name)
  })

  test("of a request is its method and the pattern of its route", () => {
    const attributes = { "next.span_type": "BaseServer.handleRequest", "http.request.method": "GET" }
    expect(allowedName(`GET /x?code=${secret}`, { ...attributes, "http.route": "/workspaces/[slug]" })).toBe(
      "GET /workspaces/[slug]",
    )
    expect(allowedName(`GET /x?code=${secret}`, attributes)).toBe("GET")
  })

  test("of Next's own work is the kind of it", () => {
    const attributes = { "next.span_type": "Middleware.execute", "http.request.method": "GET" }
    expect(allowedName("middleware GET /workspaces/acme", attributes)).toBe("Middleware.execute")
  })

  test("of any other library says nothing", () => {
    expect(allowedName(`store.${secret}`, {})).toBe("unnamed")
    expect(allowedName(`fetch GET https://x?${secret}`, { "http.request.method": "GET" })).toBe("GET")
  })
})
