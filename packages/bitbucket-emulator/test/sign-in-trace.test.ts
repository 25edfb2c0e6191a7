import { expect, test } from "vitest"
import { traceMarkdown } from "../trace/markdown.ts"
import { traceSignIn } from "../trace/sign-in-trace.ts"
import { demoClient } from "./oauth-client.ts"
import { withRelyingParty } from "./relying-party.ts"
import { withEmulator } from "./with-emulator.ts"

const application = withRelyingParty({
  get current() {
    return emulator.current
  },
})
const emulator = withEmulator(() => ({ callbackUrl: application.url }))

function trace(password = "demo") {
  return traceSignIn({
    startUrl: new URL(
      "/oauth/bitbucket/authorize?reason=trace&next=/integrations/bitbucket",
      application.url,
    ),
    siteUrl: emulator.current.siteUrl,
    username: "demo",
    password,
  })
}

test("the trace shows one whole sign-in, with the application's own requests", async () => {
  const { hops, endedAt, status } = await trace()
  expect(hops.map(({ from, method, address, status }) => [from, method, pathOf(address), status])).toEqual([
    ["browser", "GET", "/oauth/bitbucket/authorize", 302],
    ["browser", "GET", "/site/oauth2/authorize", 302],
    ["browser", "GET", "/account/signin/", 200],
    ["browser", "POST", "/account/signin/", 302],
    ["browser", "GET", "/site/oauth2/authorize", 200],
    ["browser", "POST", "/site/oauth2/authorize", 302],
    ["browser", "GET", "/api/auth/callback/bitbucket", 302],
    ["application", "POST", "/site/oauth2/access_token", 200],
    ["application", "GET", "/2.0/user", 200],
    ["browser", "GET", "/integrations/bitbucket", 200],
  ])
  expect([endedAt.pathname, status]).toEqual(["/integrations/bitbucket", 200])
})

test("the second sign-in needs no consent, and its trace is shorter", async () => {
  await trace()
  expect((await trace()).hops.map(({ address }) => pathOf(address))).toContain("/account/signin/")
  expect((await trace()).hops).toHaveLength(9)
})

test("the questions of a Data Center are answered too, below its context path", async () => {
  const { control, siteUrl } = emulator.current
  await control.changeConfig({ contract: "datacenter", context_path: "/bitbucket" })
  const request = new URLSearchParams({
    client_id: demoClient.key,
    response_type: "code",
    redirect_uri: `${application.url}/elsewhere`,
  })
  const { endedAt } = await traceSignIn({
    startUrl: new URL(`/bitbucket/rest/oauth2/latest/authorize?${request}`, siteUrl),
    siteUrl: `${siteUrl}/bitbucket`,
    username: "demo",
    password: "demo",
  })
  expect(endedAt.pathname).toBe("/elsewhere")
})

test("a wrong password ends the trace on the sign-in page", async () => {
  const { endedAt, hops } = await trace("wrong")
  expect(endedAt.pathname).toBe("/account/signin/")
  expect(hops).toHaveLength(4)
})

test("a moved clock does not tear the trace apart", async () => {
  await emulator.current.control.advanceClock("30d")
  const { hops } = await trace()
  const times = hops.map(({ at }) => Date.parse(at))
  expect(Math.max(...times) - Math.min(...times)).toBeLessThan(10_000)
})

test("the trace prints no secret, and equal secrets have equal marks", async () => {
  const markdown = traceMarkdown((await trace()).hops)
  const state = /state=(\[27 characters, #[0-9a-f]{4}\])/.exec(markdown)?.[1] ?? ""
  expect(markdown.split(state).length).toBeGreaterThan(5)
  expect(markdown).not.toContain("a-state-that-is-long-enough")
  expect(markdown).not.toMatch(/[A-Za-z0-9+/_-]{40,}/)
  expect(markdown).toContain('"access_token": "[')
})

function pathOf(address: string): string {
  return new URL(address.split("?")[0] ?? "").pathname
}
