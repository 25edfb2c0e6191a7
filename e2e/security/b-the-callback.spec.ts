import { signInByHand } from "../person"
import { timeOf } from "../usual-time"
import { inBatches, leadsTo, send } from "./http"
import { noteRequests } from "./sent-requests"
import { expect, test } from "./suite"
import { callbackWith, cookieHeader, startAgain } from "./visitor"

const path = "/api/auth/callback/bitbucket"

/** A pending sign-in of the visitor, and what its callback would carry. */
async function pending(
  visitor: { start(): Promise<URL>; consent(url: URL): Promise<string> },
  appUrl: string,
) {
  const { searchParams } = new URL(await visitor.consent(await visitor.start()), appUrl)
  const [code, state] = [searchParams.get("code") ?? "", searchParams.get("state") ?? ""]
  return { code, state, query: `code=${code}&state=${state}` }
}

test("B1 the app refuses a callback without its code or its state before it asks Bitbucket", async ({
  visitor,
  tokenRequests,
  appUrl,
}) => {
  const { code, state, query } = await pending(visitor, appUrl)
  for (const lacking of [
    "",
    `code=${code}`,
    `state=${state}`,
    `code=&state=${state}`,
    `code=${code}&state=`,
  ]) {
    const answer = await visitor.send(callbackWith(lacking))
    expect(answer.headers.location, lacking).toMatch(startAgain)
    expect(answer.setCookies.filter((line) => line.includes("session"))).toEqual([])
  }
  expect(await tokenRequests()).toEqual([])
  expect(query).toContain("&state=")
})

test("B2 the app refuses repeated and misspelt parameters before it asks Bitbucket", async ({
  visitor,
  tokenRequests,
  appUrl,
}) => {
  const { code, state, query } = await pending(visitor, appUrl)
  for (const odd of [
    `code=1&code=${code}&state=${state}`,
    `${query}&code=2`,
    `code=${code}&state=x&state=${state}`,
    `${query}&state=${state}`,
    `${query}&iss=a&iss=b`,
    `code[]=${code}&state=${state}`,
    `code%00=${code}&state=${state}`,
    `CODE=${code}&state=${state}`,
    `code=${code}&STATE=${state}`,
    `${query}&error=access_denied`,
  ])
    expect((await visitor.send(callbackWith(odd))).headers.location, odd).toMatch(startAgain)
  expect(await tokenRequests()).toEqual([])
  expect((await visitor.send(callbackWith(query))).headers.location).toBe(`${appUrl}/profile`)
})

for (const [error, title] of [
  ["invalid_scope", "Signing in is not set up correctly here"],
  ["unauthorized_client", "Signing in is not set up correctly here"],
  ["server_error", "Bitbucket could not be reached"],
  ["temporarily_unavailable", "Bitbucket could not be reached"],
  ["never_heard_of_it", "Signing in did not work"],
  ["x".repeat(5_000), "Signing in did not work"],
] as const)
  test(`B3 the error ${error.slice(0, 30)} (${error.length} letters) has a page in plain words, and a neutral one without a state of ours`, async ({
    visitor,
    appUrl,
  }) => {
    const { state } = await pending(visitor, appUrl)
    const forged = await visitor.send(callbackWith({ error, state: "forged" }))
    expect(forged.headers.location).toMatch(startAgain)
    const stateless = await visitor.send(callbackWith({ error }))
    expect(stateless.headers.location).toBe(forged.headers.location)

    const answer = await visitor.send(callbackWith({ error, state }))
    const { pathname, search } = leadsTo(answer, appUrl)
    expect(pathname).toBe("/auth/error")
    const page = await visitor.send(pathname + search)
    expect(page.status).toBeLessThan(600)
    expect(page.text).toContain(`>${title}</h1>`)
    expect(page.text).not.toContain(error)
  })

test("B3b a refusal ends the sign-in; without its state the page says so and the sign-in stays pending", async ({
  visitor,
  stranger,
  tokenRequests,
  appUrl,
}) => {
  const { query, state } = await pending(visitor, appUrl)
  const cancelled = "/auth/error?error=access_denied&next=%2Fprofile"
  const forged = await visitor.send(callbackWith({ error: "access_denied", state: "forged" }))
  expect(forged.headers.location).toMatch(startAgain)
  for (const odd of ["error=access_denied&error_description=x", "error=access_denied&state="]) {
    expect((await stranger.send(callbackWith(odd))).headers.location, odd).toMatch(startAgain)
    const answer = await visitor.send(callbackWith(odd))
    expect([answer.headers.location, answer.setCookies], odd).toEqual([appUrl + cancelled, []])
  }
  const page = await visitor.send(cancelled)
  expect([page.status, page.text.includes(">Sign-in cancelled</h1>")]).toEqual([200, true])
  expect(await tokenRequests()).toEqual([])

  const other = await pending(stranger, appUrl)
  const denial = await stranger.send(callbackWith({ error: "access_denied", state: other.state }))
  expect(denial.headers.location).toBe(appUrl + cancelled)
  expect((await stranger.send(callbackWith(other.query))).headers.location).toMatch(startAgain)
  expect(state).not.toBe(other.state)
  expect((await visitor.send(callbackWith(query))).headers.location).toBe(`${appUrl}/profile`)
})

for (const error of ["consent_required", "interaction_required", "login_required"])
  test(`B3c the page for ${error} says that Bitbucket has a question, and the sign-in can still be finished`, async ({
    visitor,
    stranger,
    tokenRequests,
    appUrl,
  }) => {
    const { query, state } = await pending(visitor, appUrl)
    const told = `${appUrl}/auth/error?error=interaction_required&next=%2Fprofile`
    for (const parameters of [{ error, state }, { error }]) {
      expect(
        (await stranger.send(callbackWith(parameters as Record<string, string>))).headers.location,
      ).toMatch(startAgain)
      const answer = await visitor.send(callbackWith(parameters as Record<string, string>))
      expect([answer.headers.location, answer.setCookies]).toEqual([told, []])
    }
    expect((await visitor.send(callbackWith({ error, state: "forged" }))).headers.location).toMatch(
      startAgain,
    )
    const page = await visitor.send(told.slice(appUrl.length))
    expect(page.status).toBe(200)
    expect(page.text).toContain(">Bitbucket has a question for you first</h1>")
    expect(await tokenRequests()).toEqual([])
    expect((await visitor.send(callbackWith(query))).headers.location).toBe(`${appUrl}/profile`)
  })

const hostileTexts = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "{{7*7}}",
  "a\r\nSet-Cookie: planted=1",
  "\u202egnp.exe",
  "javascript:alert(1)",
  "https://evil.example/help",
]

test("B4 nothing from Bitbucket or the URL becomes markup, a link or a header", async ({
  visitor,
  appUrl,
}) => {
  for (const text of hostileTexts) {
    const { state } = await pending(visitor, appUrl)
    const encoded = encodeURIComponent(text)
    const answer = await visitor.send(
      callbackWith(`error=${encoded}&error_description=${encoded}&error_uri=${encoded}&state=${state}`),
    )
    const { pathname, search } = leadsTo(answer, appUrl)
    expect(pathname + search).toBe("/auth/error?error=unknown&next=%2Fprofile")
    for (const address of [pathname + search, `/signin?error=${encoded}`, `/auth/error?error=${encoded}`]) {
      const page = await visitor.send(`${address}&error_description=${encoded}&reason=${encoded}`)
      // The URL is in the page's own state, as text inside a script: only the rest of the markup counts.
      const markup = page.text.replaceAll(/<script\b.*?<\/script>/gs, "")
      expect(markup, address).not.toContain(text)
      expect(markup, address).not.toMatch(/onerror=|49(?!\d)\}|evil\.example|href="javascript/)
      expect(page.setCookies.filter((line) => line.includes("planted"))).toEqual([])
      expect(page.headers).not.toHaveProperty("planted")
    }
  }
})

test.describe(() => {
  test.use({ expectedConsoleErrors: [/./] })

  test("B4b in a browser no error text runs, opens a dialog or becomes a link", async ({ page }) => {
    const dialogs: string[] = []
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    for (const text of hostileTexts)
      for (const address of ["/signin?error=", "/auth/error?error="]) {
        const encoded = encodeURIComponent(text)
        await page.goto(`${address}${encoded}&error_description=${encoded}&error_uri=${encoded}`)
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible()
        expect(await page.locator("a[href*='evil'], a[href^='javascript'], img[src=x]").count()).toBe(0)
        expect(await page.getByText(text).count()).toBe(0)
      }
    expect(dialogs).toEqual([])
  })
})

const hungUp = { status: 431, setCookies: [], headers: {} as Record<string, string> }

test("B5 the app refuses oversized and malformed callbacks early and sends nothing long to Bitbucket", async ({
  visitor,
  tokenRequests,
  appUrl,
}) => {
  const { state } = await pending(visitor, appUrl)
  const many = Array.from({ length: 10_000 }, (_, index) => `p${index}=1`).join("&")
  const statuses: Record<string, number> = {}
  const usual = await timeOf(() => send(appUrl, "/"))
  const startedAt = Date.now()
  for (const [what, query] of Object.entries({
    "a code of 200 kB": `code=${"c".repeat(200_000)}&state=${state}`,
    "10,000 parameters": `code=c&state=${state}&${many}`,
    "an address of 16 kB": `code=${"c".repeat(16_000)}&state=${state}`,
    "an address of 9 kB": `code=c&state=${state}&x=${"x".repeat(9_000)}`,
    "a code of 3 kB": `code=${"c".repeat(3_000)}&state=${state}`,
    "a byte that is no UTF-8": `code=%ff&state=${state}`,
    "a lone percent sign": `code=%&state=${state}`,
    "half a character": `code=%E0&state=${state}`,
    "a line break": `code=c%0d%0aX:1&state=${state}`,
  })) {
    const headers = { cookie: cookieHeader(visitor.cookies) }
    // Node answers 431 and hangs up while the client is still sending, so a client may see only that.
    const answer = await send(appUrl, callbackWith(query), { headers }).catch(() => hungUp)
    statuses[what] = answer.status
    expect(answer.setCookies.filter((line) => line.includes("session"))).toEqual([])
    if (answer.status === 302) expect(answer.headers.location).toContain("/auth/error?error=")
  }
  expect(Date.now() - startedAt).toBeLessThan(5_000 + 30 * usual)
  expect(statuses).toEqual({
    "a code of 200 kB": 431,
    "10,000 parameters": 431,
    "an address of 16 kB": 431,
    "an address of 9 kB": 414,
    "a code of 3 kB": 302,
    "a byte that is no UTF-8": 302,
    "a lone percent sign": 302,
    "half a character": 302,
    "a line break": 302,
  })
  expect((await tokenRequests()).filter(({ status }) => status !== 400)).toEqual([])
  expect((await tokenRequests()).length).toBeLessThanOrEqual(1)
})

test("B6a unknown parameters change nothing", async ({ visitor, appUrl }) => {
  const { query } = await pending(visitor, appUrl)
  const extra = "id_token=x&token=x&access_token=x&response=a.b.c&session_state=s&scope=admin&foo=bar"
  const answer = await visitor.send(callbackWith(`${query}&${extra}`))
  expect(answer.headers.location).toBe(`${appUrl}/profile`)
})

test("B6b the app accepts Bitbucket's own issuer and refuses another before it asks Bitbucket", async ({
  visitor,
  stranger,
  tokenRequests,
  appUrl,
}) => {
  for (const iss of ["https://evil.example", "https://bitbucket.org.evil.example", "http://bitbucket.org"]) {
    const { query } = await pending(stranger, appUrl)
    const answer = await stranger.send(callbackWith(`${query}&iss=${encodeURIComponent(iss)}`))
    expect(answer.headers.location, iss).toMatch(startAgain)
  }
  expect(await tokenRequests()).toEqual([])
  const { query } = await pending(visitor, appUrl)
  const answer = await visitor.send(
    callbackWith(`${query}&iss=${encodeURIComponent("https://bitbucket.org")}`),
  )
  expect(answer.headers.location).toBe(`${appUrl}/profile`)
})

test("B7 an access token in a URL signs no one in, on the callback, a page or the API", async ({
  visitor,
  stranger,
  storedTokens,
}) => {
  await visitor.signIn()
  const [token = ""] = await storedTokens()
  for (const name of ["access_token", "oauth_token", "token"]) {
    const value = encodeURIComponent(token)
    expect((await stranger.send(`/profile?${name}=${value}`)).status).toBe(307)
    const callback = await stranger.send(callbackWith(`${name}=${value}&token_type=bearer&state=x`))
    expect(callback.headers.location).toMatch(startAgain)
    expect(callback.headers.location).not.toContain(token.slice(0, 20))
    expect((await stranger.send(`/api/auth/session?${name}=${value}`)).text).toBe("null")
    expect((await stranger.send(`/api/token/refresh?${name}=${value}`, { method: "POST" })).status).toBe(401)
  }
  expect(stranger.cookies.get("authjs.session-token")).toBeUndefined()
})

test.describe(() => {
  test.use({ expectedConsoleErrors: [/status of 400/] })

  test("B7b an access token in a fragment signs no one in", async ({
    page,
    visitor,
    storedTokens,
    appUrl,
  }) => {
    await visitor.signIn()
    const [token = ""] = await storedTokens()
    for (const address of [path, "/signin", "/profile", "/"]) {
      await page.goto(`${address}#access_token=${encodeURIComponent(token)}&token_type=bearer&state=x`)
      expect(await (await page.request.get("/api/auth/session")).json()).toBeNull()
    }
    expect((await page.context().cookies(appUrl)).filter(({ name }) => name.includes("session"))).toEqual([])
  })
})

test("B8 only GET works on the callback, and no other method uses the code up", async ({
  visitor,
  appUrl,
}) => {
  const { query, code, state } = await pending(visitor, appUrl)
  const form = { "content-type": "application/x-www-form-urlencoded" }
  const refused = [
    await visitor.send(callbackWith(query), { method: "HEAD" }),
    await visitor.send(callbackWith(query), { method: "POST", headers: form, body: query }),
    await visitor.send(path, { method: "POST", headers: form, body: query }),
    await visitor.send(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code, state }),
    }),
    await visitor.send(callbackWith(query), { method: "PUT" }),
    await visitor.send(callbackWith(query), { method: "DELETE" }),
    await visitor.send(callbackWith(query), { method: "PATCH" }),
  ]
  expect(refused.map(({ status }) => status)).toEqual(Array(7).fill(405))
  expect((await visitor.send(callbackWith(query))).headers.location).toBe(`${appUrl}/profile`)
})

test("B9 a link checker that opens the callback first does not break the sign-in for the browser", async ({
  visitor,
  appUrl,
}) => {
  const { query } = await pending(visitor, appUrl)
  for (const headers of [
    { purpose: "prefetch" },
    { "sec-purpose": "prefetch" },
    { "user-agent": "link checker" },
  ])
    expect((await send(appUrl, callbackWith(query), { headers })).headers.location).toMatch(startAgain)
  expect((await visitor.send(callbackWith(query))).headers.location).toBe(`${appUrl}/profile`)
})

test("B10 misspelt paths below the sign-in routes are client errors that give no detail", async ({
  visitor,
  tokenRequests,
  appUrl,
}) => {
  const { query } = await pending(visitor, appUrl)
  for (const odd of [
    "/api/auth",
    "/api/auth/callback",
    "/api/auth/callback/bitbucket/x",
    "/api/auth/callback/Bitbucket",
    "/api/auth/callback/github",
    "/api/auth/callback/undefined",
    "/api/auth/callback/__proto__",
    "/api/auth/callback/constructor",
    "/api/auth/callback/bitbucket%00",
    "/api/auth/callback%2fbitbucket",
    "/api/auth/callback/bitbucket%2f",
    "/api/auth/callback/%E0%A4%A",
    "/api/auth/callback/..%2fbitbucket",
    "/API/AUTH/callback/bitbucket",
    "/api/auth/signin/..%2f",
    "/api/auth/signin/__proto__",
    "/api/auth/webauthn-options/bitbucket",
    "/api/auth/__proto__",
    "/api/auth/%ff",
    "/signin/..%2f",
    "/auth/error/x",
  ]) {
    const { status, text, setCookies } = await visitor.send(`${odd}?${query}`)
    expect([400, 404], odd).toContain(status)
    expect(text, odd).not.toMatch(/node_modules|at .+:\d+:\d+|Error:/)
    expect(setCookies, odd).toEqual([])
  }
  expect(await tokenRequests()).toEqual([])
  const slash = await visitor.send(`${path}/?${query}`)
  expect([slash.status, leadsTo(slash, appUrl).origin, leadsTo(slash, appUrl).pathname]).toEqual([
    308,
    appUrl,
    path,
  ])
})

test("B11 Back, reload and a bookmark of the callback lead to the profile, or to the page that says start again", async ({
  page,
  browser,
  appUrl,
}) => {
  const answered = page.waitForRequest((request) => request.url().includes(path))
  await signInByHand(page, "/sessions")
  const callback = (await answered).url()
  await page.goto(callback)
  await expect(page).toHaveURL("/profile")
  await page.goBack()
  await expect(page).toHaveURL("/sessions")
  await page.goForward()
  await expect(page).toHaveURL("/profile")

  const stranger = await browser.newPage({ baseURL: appUrl })
  await stranger.goto(callback)
  await expect(stranger.getByRole("heading", { name: "This sign-in started somewhere else" })).toBeVisible()
  await expect(stranger.getByText("Configuration")).toHaveCount(0)
  await stranger.close()
})

test("B12 after one redirect, code and state are gone from the address bar, history and Referer, and no third party sees them", async ({
  page,
  appUrl,
}) => {
  const sentRequests = noteRequests(page.context())
  const callback = page.waitForResponse((response) => response.url().includes(path))
  await signInByHand(page, "/profile")
  expect((await callback).headers()["referrer-policy"]).toBe("no-referrer")
  await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()
  expect(page.url()).toBe(`${appUrl}/profile`)
  expect(await page.evaluate(() => document.referrer + JSON.stringify(history.state))).not.toMatch(
    /code=|state=/,
  )

  const requests = (await sentRequests()).map(({ url, headers }) => ({ url, referer: headers.referer ?? "" }))
  const landed = requests.findIndex(({ url }) => url === `${appUrl}/profile`)
  const afterwards = requests.slice(landed)
  expect(afterwards.length).toBeGreaterThan(1)
  expect(afterwards.filter(({ referer, url }) => /[?&](code|state)=/.test(referer + url))).toEqual([])
  const thirdParties = afterwards
    .map(({ url }) => new URL(url))
    .filter(({ origin, protocol, pathname }) => {
      const isAvatar = pathname.includes("avatar")
      return protocol.startsWith("http") && origin !== appUrl && !isAvatar
    })
  expect(thirdParties).toEqual([])
})

test("B13 a callback that arrives several times while Bitbucket is slow makes one exchange and one session, and each copy lands there", async ({
  visitor,
  emulator,
  database,
  tokenRequests,
  appUrl,
}) => {
  const { query } = await pending(visitor, appUrl)
  await emulator.control.addFault({
    match: { grant_type: "authorization_code" },
    kind: "delay",
    delay_ms: 500,
  })
  const cookie = cookieHeader(visitor.cookies)
  const answers = await inBatches(Array.from({ length: 8 }), () =>
    send(appUrl, callbackWith(query), { headers: { cookie } }),
  )
  for (const answer of answers)
    expect([answer.status, answer.headers.location]).toEqual([302, `${appUrl}/profile`])
  const cookies = answers.map(({ setCookies }) => setCookies.filter((line) => line.includes("session-token")))
  expect(new Set(cookies.flat()).size).toBe(1)
  expect(await tokenRequests()).toMatchObject([{ status: 200 }])
  expect((await database.query("select 1 from session")).rowCount).toBe(1)
})

test("B13b a callback that arrives twice and fails gives the same error twice", async ({
  visitor,
  emulator,
  tokenRequests,
  appUrl,
}) => {
  const { query } = await pending(visitor, appUrl)
  const match = { grant_type: "authorization_code" }
  await emulator.control.addFault({ match, kind: "delay", delay_ms: 500 })
  await emulator.control.addFault({ match: { path: "/2.0/user" }, kind: "status", status: 403, times: null })
  const cookie = cookieHeader(visitor.cookies)
  const answers = await inBatches(Array.from({ length: 3 }), () =>
    send(appUrl, callbackWith(query), { headers: { cookie } }),
  )
  const told = `${appUrl}/auth/error?error=account_refused&next=%2Fprofile`
  expect(answers.map(({ headers }) => headers.location)).toEqual([told, told, told])
  expect(await tokenRequests()).toHaveLength(1)
})

test("B13c the same callback from a browser with other cookies does not share the response", async ({
  visitor,
  stranger,
  emulator,
  appUrl,
}) => {
  const { query } = await pending(visitor, appUrl)
  await pending(stranger, appUrl)
  await emulator.control.addFault({
    match: { grant_type: "authorization_code" },
    kind: "delay",
    delay_ms: 500,
  })
  const [own, foreign] = await Promise.all([
    visitor.send(callbackWith(query)),
    stranger.send(callbackWith(query)),
  ])
  expect(own.headers.location).toBe(`${appUrl}/profile`)
  expect(foreign.headers.location).toMatch(startAgain)
  expect(foreign.setCookies.filter((line) => line.includes("session-token"))).toEqual([])
})
