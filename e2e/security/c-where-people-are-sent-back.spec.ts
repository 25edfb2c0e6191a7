import { openFlow, sealFlow } from "../../lib/sign-in/flow-cookie"
import { crossedTargets, EVIL, hostileTargets } from "../../test/hostile-targets"
import { type Answer, inBatches, leadsTo, send } from "./http"
import { expect, test } from "./suite"
import { callbackWith, readSetCookie, Visitor } from "./visitor"

const form = { "content-type": "application/x-www-form-urlencoded" }

/** The parameter names that apps commonly use for the page to return to. */
const names = ["next", "callbackUrl", "returnTo", "redirect", "redirect_to", "url", "rd"]

const queryOf = (value: string) => names.map((name) => `${name}=${encode(value)}`).join("&")

/** A lone surrogate has no encoding: this is what a form would turn it into. */
const encode = (value: string) => encodeURIComponent(value.toWellFormed())

/** Where a browser ends up when a page of the app sends it to a value, by the WHATWG URL standard. */
function endsAt(value: string, appUrl: string): string {
  return new URL(value, appUrl).origin
}

/**
 * Every hand-written value and some of the combinations: enough to see that a route sends each value through the one
 * parser, whose unit test tries them all.
 */
function manyTargets(appUrl: string): string[] {
  return [...hostileTargets(appUrl), ...crossedTargets(appUrl).filter((_, index) => index % 61 === 0)]
}

type Outcome = { value: string; status: number; landing: string }

/** Enough of the failures to see the problem. */
const few = <Wrong>(list: Wrong[]) => list.slice(0, 5)

function expectAllAtHome(outcomes: Outcome[], appUrl: string): void {
  expect(outcomes.length).toBeGreaterThan(10)
  expect(few(outcomes.filter(({ landing }) => !landing))).toEqual([])
  expect(few(outcomes.filter(({ status }) => status >= 500))).toEqual([])
  expect(few(outcomes.filter(({ landing }) => endsAt(landing, appUrl) !== appUrl))).toEqual([])
}

test("C1 no callbackUrl in the form of Auth.js leads off the app", async ({ landingOf, visitor, appUrl }) => {
  const targets = manyTargets(appUrl)
  const { csrfToken } = JSON.parse((await visitor.send("/api/auth/csrf")).text)
  const cookie = `authjs.csrf-token=${visitor.cookies.get("authjs.csrf-token")}`
  const outcomes = await inBatches(targets, async (value) => {
    const body = `csrfToken=${csrfToken}&callbackUrl=${encode(value)}`
    const answer = await send(appUrl, "/api/auth/signin/bitbucket", {
      method: "POST",
      headers: { ...form, cookie },
      body,
    })
    return { value, status: answer.status, landing: await landingOf(answer) }
  })
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set([302]))
  expectAllAtHome(outcomes, appUrl)
})

test("C2a no value under any usual name leads off the app from the sign-in route", async ({
  landingOf,
  appUrl,
  emulator,
}) => {
  const targets = manyTargets(appUrl)
  const outcomes = await inBatches(targets, async (value) => {
    const answer = await send(appUrl, `/oauth/bitbucket/authorize?${queryOf(value)}`)
    expect(leadsTo(answer, appUrl).origin).toBe(emulator.siteUrl)
    return { value, status: answer.status, landing: await landingOf(answer) }
  })
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set([302]))
  expectAllAtHome(outcomes, appUrl)
})

/** Every URL in a page's markup, and the page that each sign-in link would come back to. */
function addressesIn({ text }: Answer): string[] {
  const markup = text.replaceAll(/<script\b.*?<\/script>/gs, "")
  const found = [...markup.matchAll(/\s(?:href|action|src|formaction|content)="([^"]*)"/g)].map(
    ([, value = ""]) => value.replaceAll("&amp;", "&").replaceAll("&quot;", '"').replaceAll("&#x27;", "'"),
  )
  const nested = found.flatMap((address) =>
    address.includes("?") ? new URLSearchParams(address.slice(address.indexOf("?"))).getAll("next") : [],
  )
  return [...found.filter((address) => /^[/\\]|:/.test(address)), ...nested]
}

for (const page of ["/signin", "/auth/error", "/", "/disconnected"])
  test(`C2b ${page} contains no link that leads off the app`, async ({ appUrl, emulator }) => {
    // The other pages read no return page at all.
    const targets = /signin|error/.test(page) ? hostileTargets(appUrl) : worst(appUrl, 40)
    const homes = new Set([appUrl, emulator.siteUrl, "null"])
    const strays = await inBatches(targets, async (value) => {
      const answer = await send(appUrl, `${page}?${queryOf(value)}`)
      expect(answer.status).toBe(page === "/auth/error" ? 400 : 200)
      return addressesIn(answer).filter(
        (address) => URL.canParse(address, appUrl) && !homes.has(endsAt(address, appUrl)),
      )
    })
    expect(few(strays.flat())).toEqual([])
  })

test("C2d signing out leads to a page of the app, whatever callbackUrl says", async ({ visitor, appUrl }) => {
  const { csrfToken } = JSON.parse((await visitor.send("/api/auth/csrf")).text)
  const outcomes = await inBatches(hostileTargets(appUrl), async (value) => {
    const answer = await visitor.post(`/api/auth/signout?${queryOf(value)}`, {
      csrfToken,
      callbackUrl: value.toWellFormed(),
    })
    return { value, status: answer.status, landing: answer.headers.location ?? "" }
  })
  expectAllAtHome(outcomes, appUrl)
})

test("C3a a hostile callback-url cookie of Auth.js changes nothing, and the session still works", async ({
  landingOf,
  visitor,
  appUrl,
}) => {
  await visitor.signIn()
  const session = `authjs.session-token=${visitor.cookies.get("authjs.session-token")}`
  const answers = await inBatches(manyTargets(appUrl), (value) =>
    send(appUrl, "/api/auth/session", {
      headers: { cookie: `authjs.callback-url=${encode(value)}; ${session}` },
    }),
  )
  expect(few(answers.filter(({ text }) => !text.includes('"Demo Person"')))).toEqual([])
  expect(few(answers.filter(({ setCookies }) => setCookies.length > 0))).toEqual([])
  for (const value of hostileTargets(appUrl)) {
    const answer = await send(appUrl, "/oauth/bitbucket/authorize?next=/sessions", {
      headers: { cookie: `authjs.callback-url=${encode(value)}` },
    })
    expect(await landingOf(answer)).toBe(`${appUrl}/sessions`)
  }
})

test("C3b even a sealed sign-in cookie with a hostile landing page ends on the app", async ({
  appUrl,
  emulator,
  environment,
}) => {
  const secret = environment.AUTH_SECRET ?? ""
  const outcomes = await inBatches(
    worst(appUrl, 40),
    async (value) => {
      const person = new Visitor({ appUrl, emulator })
      const callback = await person.consent(await person.start("/sessions"))
      for (const [name, kept] of person.cookies) {
        const flow = await openFlow(name, kept, [secret])
        if (flow) person.cookies.set(name, await sealFlow(name, { ...flow, next: value }, secret))
      }
      const answer = await person.send(callback)
      return { value, status: answer.status, landing: answer.headers.location ?? "" }
    },
    6,
  )
  expectAllAtHome(outcomes, appUrl)
  expect(few(outcomes.filter(({ landing }) => landing.includes("/auth/error")))).toEqual([])
})

test("C3c such a cookie leads nowhere else after a failed sign-in either", async ({ appUrl }) => {
  const outcomes = await inBatches(hostileTargets(appUrl), async (value) => {
    const start = await send(appUrl, "/oauth/bitbucket/authorize?next=/sessions")
    const state = leadsTo(start, appUrl).searchParams.get("state") ?? ""
    const { name, value: kept } = readSetCookie(start.setCookies[0] ?? "")
    const forged = [...decodeURIComponent(kept).split("~").slice(0, 3), encode(value)].join("~")
    const answer = await send(appUrl, callbackWith({ error: "server_error", state }), {
      headers: { cookie: `${name}=${forged}` },
    })
    const page = leadsTo(answer, appUrl)
    expect(page.origin + page.pathname).toBe(`${appUrl}/auth/error`)
    return { value, status: answer.status, landing: page.searchParams.get("next") ?? "" }
  })
  expectAllAtHome(outcomes, appUrl)
})

test("C4 an unreadable return address leads to the profile, never to a server error", async ({
  landingOf,
  appUrl,
}) => {
  const unreadable = hostileTargets(appUrl).filter((value) => !URL.canParse(value, appUrl))
  expect(unreadable.length).toBeGreaterThan(5)
  for (const value of [...unreadable, "foo", "%00", "\ud800", "https://%", "http://", ""]) {
    const answer = await send(appUrl, `/oauth/bitbucket/authorize?next=${encode(value)}`)
    expect([answer.status, await landingOf(answer)], value).toEqual([302, `${appUrl}/profile`])
  }
  for (const raw of ["%", "%E0%A4%A", "%ff", "%%%", "a%0"]) {
    const answer = await send(appUrl, `/oauth/bitbucket/authorize?next=${raw}`)
    expect([answer.status, await landingOf(answer)], raw).toEqual([302, `${appUrl}/profile`])
    expect((await send(appUrl, `/signin?next=${raw}`)).status).toBe(200)
  }
})

test.describe(() => {
  test.use({ expectedConsoleErrors: [/status of 404/] })

  test("C5 Chromium stays on the app with the sixteen worst values, through Bitbucket and through the page", async ({
    page,
    context,
    bitbucket,
    appUrl,
  }) => {
    const dialogs: string[] = []
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    await page.goto("/oauth/bitbucket/authorize?next=/profile")
    await bitbucket.signInAndAllow("demo")
    for (const value of worst(appUrl, 16)) {
      const address = `/signin?next=${encode(value)}&callbackUrl=${encode(value)}`
      await page.goto(address)
      await page.getByRole("main").getByRole("link").first().click()
      await page.waitForLoadState()
      expect(new URL(page.url()).origin, value).toBe(appUrl)

      await context.clearCookies({ domain: "localhost" })
      await page.goto(address)
      await page.getByRole("link", { name: "Sign in with Bitbucket", exact: true }).click()
      await page.waitForURL((url) => url.origin === appUrl && !url.pathname.startsWith("/signin"))
      expect(new URL(page.url()).origin, value).toBe(appUrl)
      expect(page.url()).not.toContain("/auth/error")
    }
    expect(dialogs).toEqual([])
  })
})

/**
 * As many values of each kind in turn: those that look most like a page of the app, those that browsers and filters
 * interpret most differently, scripts, and all others.
 */
function worst(appUrl: string, count: number): string[] {
  const list = hostileTargets(appUrl)
  const kinds = [
    list.filter((value) => value.startsWith(appUrl)),
    list.filter((value) => /^\/[\t\n\r\\/.]/.test(value) && value.includes(EVIL)),
    list.filter((value) => /script:/i.test(value)),
    list,
  ]
  const inTurn = list.flatMap((_, index) => kinds.flatMap((kind) => kind.slice(index, index + 1)))
  return [...new Set(inTurn)].slice(0, count)
}

test("C6 a URL of this app whose path looks like another host stays here", async ({ appUrl, emulator }) => {
  const doubled = ["//", "/\\", "/.//", "/..//", "/./\\", "/x/..//", "/%2e//", "/\t/"]
  const values = doubled.flatMap((start) => [`${appUrl}${start}${EVIL}`, start + EVIL])
  const outcomes = await inBatches(
    values,
    async (value) => {
      const person = new Visitor({ appUrl, emulator })
      const { headers, status } = await person.signIn("demo", value)
      return { value, status, landing: headers.location ?? "" }
    },
    4,
  )
  expectAllAtHome(outcomes, appUrl)
  for (const { landing } of outcomes) expect(new URL(landing).pathname).not.toMatch(/^[/\\]{2}/)
})

test("C7 no return address leads to signing out, into a redirect loop, or to a cookie that is too big", async ({
  landingOf,
  appUrl,
}) => {
  const nested = Array.from({ length: 50 }).reduce<string>(
    (inner) => `/signin?next=${encodeURIComponent(inner)}`.slice(0, 8_000),
    "/profile",
  )
  for (const value of [
    "/api/auth/signout",
    "/api/auth/signin",
    "/API/auth/signout",
    "/%61pi/auth/signout",
    "/api/token/refresh",
    "/oauth/bitbucket/authorize",
    "/oauth/../api/auth/signout",
    "/signin",
    "/signin?next=/signin?next=/signin",
    "/auth/error?error=access_denied",
    nested,
    `/${"a".repeat(9_000)}`,
    `/profile?${"%F0%9F%98%80".repeat(300)}`,
  ]) {
    const answer = await send(appUrl, `/oauth/bitbucket/authorize?next=${encodeURIComponent(value)}`)
    expect(await landingOf(answer), value.slice(0, 60)).toBe(`${appUrl}/profile`)
    for (const line of answer.setCookies) expect((line.split(";")[0] ?? "").length).toBeLessThan(4_096)
  }
  const longest = `/${"%F0".repeat(341)}`
  const kept = await send(appUrl, `/oauth/bitbucket/authorize?next=${encodeURIComponent(longest)}`)
  for (const line of kept.setCookies) expect((line.split(";")[0] ?? "").length).toBeLessThan(4_096)
})

test("C8 repeated, listed and structured values lead to the default page or a refusal", async ({
  landingOf,
  visitor,
  appUrl,
}) => {
  const queries = [
    "next=/sessions&next=//evil.example",
    "next=//evil.example&next=/sessions",
    "next[]=//evil.example",
    "next[x]=//evil.example",
    "next[__proto__]=/x",
    "next=/sessions&callbackUrl=//evil.example",
  ]
  for (const query of queries) {
    const start = await send(appUrl, `/oauth/bitbucket/authorize?${query}`)
    expect(start.status).toBe(302)
    expect(endsAt(await landingOf(start), appUrl)).toBe(appUrl)
    const page = await send(appUrl, `/signin?${query}`)
    expect(page.status).toBe(200)
    expect(addressesIn(page).filter((address) => address.includes("evil"))).toEqual([])
  }
  const { csrfToken } = JSON.parse((await visitor.send("/api/auth/csrf")).text)
  for (const callbackUrl of [{ x: 1 }, ["//evil.example"], 7, null, true, { toString: "x" }]) {
    const answer = await visitor.send("/api/auth/signin/bitbucket", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ csrfToken, callbackUrl }),
    })
    expect(answer.status).toBeLessThan(500)
    expect(endsAt(await landingOf(answer), appUrl)).toBe(appUrl)
  }
})

test("C9 another site's request cannot choose where a person lands", async ({ visitor, appUrl }) => {
  const headers = { "sec-fetch-site": "cross-site", origin: "https://evil.example" }
  for (const path of [
    "/api/auth/session",
    "/api/auth/csrf",
    "/api/auth/providers",
    "/api/auth/signin",
    "/signin",
    "/",
  ]) {
    const answer = await visitor.send(`${path}?callbackUrl=/sessions&next=/sessions`, { headers })
    expect(
      answer.setCookies.filter((line) => !line.startsWith("authjs.csrf-token=")),
      path,
    ).toEqual([])
  }
  expect((await visitor.signIn("demo", "")).headers.location).toBe(`${appUrl}/profile`)
})
