import { createHash, hkdfSync, randomUUID } from "node:crypto"
import { decode, encode } from "@auth/core/jwt"
import { chromium } from "@playwright/test"
import { EncryptJWT, SignJWT, UnsecuredJWT } from "jose"
import { cookieSecret } from "../../lib/env/schema"
import { findBrowser, headlessArguments } from "../../scripts/browser"
import { signInByHand } from "../person"
import { type Answer, inBatches, send } from "./http"
import { noteRequests } from "./sent-requests"
import { expect, test } from "./suite"
import { startAppBehindTls } from "./tls-front"
import { cookieHeader, readSetCookie, Visitor } from "./visitor"

const SESSION = "authjs.session-token"

const cookie = (value: string, name = SESSION) => ({ headers: { cookie: `${name}=${value}` } })

const redirectOf = ({ status, headers }: Answer) => ({ status, location: headers.location })

/** Everything that could distinguish one response from another. */
const seenFrom = (answer: Answer) => ({ ...redirectOf(answer), text: answer.text })

test("D1 over TLS every cookie is Secure, HttpOnly and SameSite, has Path=/ and no Domain, and its name starts with __Host-", async ({
  environment,
  emulator,
}) => {
  await using app = await startAppBehindTls(environment, emulator)
  const person = new Visitor({ appUrl: app.url, emulator })
  const answers = [
    await person.send("/"),
    await person.send("/api/auth/csrf"),
    await person.send("/api/auth/session"),
  ]
  const start = await person.send("/oauth/bitbucket/authorize?next=/profile")
  const callback = await person.consent(new URL(start.headers.location ?? ""))
  answers.push(start, await person.send(callback), await person.send("/profile"))
  expect(answers.at(-1)?.text).toContain("Demo Person")
  const page = await person.send("/sessions")
  const theme =
    /name="(\$ACTION_ID_\w+)"/.exec(page.text.slice(page.text.indexOf('name="theme"') - 600))?.[1] ?? ""
  for (const choice of ["dark", "system"])
    answers.push(await person.submit("/sessions", { [theme]: "", theme: choice }))
  answers.push(await person.signOut())

  const set = answers.flatMap(({ setCookies }) => setCookies.map(readSetCookie))
  const names = new Set(set.map(({ name }) => name.replace(/flow\..*/, "flow")))
  expect([...names].sort()).toEqual([
    "__Host-authjs.csrf-token",
    "__Host-authjs.flow",
    `__Host-${SESSION}`,
    "__Host-theme",
  ])
  for (const { name, attributes } of set) {
    expect(attributes, name).toEqual(expect.arrayContaining(["secure", "httponly", "path=/", "samesite=lax"]))
    expect(
      attributes.filter((attribute) => attribute.startsWith("domain")),
      name,
    ).toEqual([])
  }
})

test("D2 neither plain http nor a sibling host can read or replace the session", async ({
  environment,
  emulator,
  database,
}) => {
  await using app = await startAppBehindTls(environment, emulator, "app.suite.example")
  const [sibling, plain] = [
    app.url.replace("app.", "evil."),
    app.plainUrl.replace("localhost", "app.suite.example"),
  ]
  const executablePath = findBrowser()
  const browser = await chromium.launch({
    args: [...headlessArguments, "--host-resolver-rules=MAP *.suite.example 127.0.0.1"],
    ...(executablePath && { executablePath }),
  })
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, baseURL: app.url })
    const page = await context.newPage()
    await signInByHand(page, "/profile")
    const sentRequests = noteRequests(context)
    for (const origin of [plain, sibling])
      for (const name of [`__Host-${SESSION}`, SESSION]) {
        await page.goto(`${origin}/robots.txt`)
        for (const domain of ["", "; Domain=suite.example", "; Domain=app.suite.example"])
          await page.evaluate(
            (line) => {
              // biome-ignore lint/suspicious/noDocumentCookie: what an attacker would write
              document.cookie = line
            },
            `${name}=planted; Path=/${domain}${origin === sibling ? "; Secure" : ""}`,
          )
      }
    const elsewhere = (await sentRequests()).filter(({ url }) => !url.startsWith(app.url))
    for (const origin of [plain, sibling])
      expect(elsewhere.filter(({ url }) => url.startsWith(origin))).not.toEqual([])
    for (const { headers, url } of elsewhere)
      expect(headers.cookie ?? "", url).not.toMatch(/__Host-authjs\.session-token=(?!planted)/)
    const [session] = (await context.cookies()).filter(({ name }) => name === `__Host-${SESSION}`)
    expect(session?.value).not.toBe("planted")
    await page.goto("/profile")
    await page.getByRole("heading", { name: "Demo Person" }).waitFor()
    expect((await database.query("select 1 from session")).rowCount).toBe(1)
  } finally {
    await browser.close()
  }
})

test("D3 signing in replaces a session cookie planted beforehand, and ends its session", async ({
  visitor,
  stranger,
  database,
}) => {
  await stranger.signIn("zoe")
  const planted = stranger.cookies.get(SESSION) ?? ""
  for (const value of ["planted", planted]) {
    visitor.cookies.clear()
    visitor.cookies.set(SESSION, value)
    await visitor.signIn("demo")
    expect(visitor.cookies.get(SESSION)).not.toBe(value)
    expect((await visitor.send("/profile")).text).toContain("Demo Person")
  }
  expect((await stranger.send("/profile")).status).toBe(307)
  expect((await database.query("select account_uuid from connection")).rowCount).toBe(1)
})

test("D4 session cookies that were tampered with open nothing, look alike to the client, and are removed", async ({
  visitor,
  stranger,
  environment,
  appUrl,
}) => {
  await visitor.signIn("demo")
  await stranger.signIn("zoe")
  const [valid = "", other = ""] = [visitor.cookies.get(SESSION), stranger.cookies.get(SESSION)]
  await visitor.start()
  const [, , state = ""] =
    /~(.*?)~(.*?)~/.exec(decodeURIComponent([...visitor.cookies.values()].at(-1) ?? "")) ?? []
  const secret = cookieSecret(environment.AUTH_SECRET ?? "")
  const claims = { ...(await decode({ token: valid, secret, salt: SESSION })) }
  const [header = "", key = "", iv = "", body = "", tag = ""] = valid.split(".")
  const flip = (part: string) => (part.startsWith("A") ? "B" : "A") + part.slice(1)
  const now = Math.floor(Date.now() / 1000)
  const derived = (bits: number) =>
    new Uint8Array(
      hkdfSync("sha256", secret, SESSION, `Auth.js Generated Encryption Key (${SESSION})`, bits / 8),
    )
  const invented = { sub: claims.sub ?? "", sid: "x".repeat(43), exp: now + 3_600, iat: now }

  const vectors: Record<string, string> = {
    "a letter of its header": [flip(header), key, iv, body, tag].join("."),
    "a letter of its vector": [header, key, flip(iv), body, tag].join("."),
    "a letter of its text": [header, key, iv, flip(body), tag].join("."),
    "a letter of its tag": [header, key, iv, body, flip(tag)].join("."),
    "half of it": valid.slice(0, valid.length / 2),
    "its last letter missing": valid.slice(0, -3),
    "no signature": new UnsecuredJWT(invented).encode(),
    "the same claims, signed with the secret": await new SignJWT(invented)
      .setProtectedHeader({ alg: "HS256" })
      .sign(new TextEncoder().encode(secret)),
    "another cipher under the derived key, an invented session": await new EncryptJWT(invented)
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .encrypt(derived(256)),
    "an invented session under the right secret": await encode({ token: invented, secret, salt: SESSION }),
    "made for another cookie": await encode({ token: claims, secret, salt: "authjs.state" }),
    "a sign-in's state": state,
    "expired by twenty seconds": await encode({ token: claims, secret, salt: SESSION, maxAge: -20 }),
    "expired by an hour": await encode({ token: claims, secret, salt: SESSION, maxAge: -3_600 }),
    "another account with this session": await encode({
      token: { ...claims, sub: "{00000000-0000-4000-8000-000000000000}" },
      secret,
      salt: SESSION,
    }),
    "halves of two people's": valid.slice(0, valid.length / 2) + other.slice(other.length / 2),
    "two of it": valid + valid,
    "broken percent signs": "%E0%A4%A",
    "a name of an object": "__proto__",
    "text where claims should be": await encode({
      token: { sub: 7, sid: { x: 1 } } as never,
      secret,
      salt: SESSION,
    }),
    "15.5 kB": "A".repeat(15_500),
  }
  const anonymous = {
    page: redirectOf(await send(appUrl, "/profile")),
    session: seenFrom(await send(appUrl, "/api/auth/session")),
    refresh: seenFrom(await send(appUrl, "/api/token/refresh", { method: "POST" })),
  }
  for (const [what, value] of Object.entries(vectors)) {
    const page = await send(appUrl, "/profile", cookie(value))
    expect(page.text, what).not.toMatch(/Demo Person|Zoë/)
    const session = await send(appUrl, "/api/auth/session", cookie(value))
    const refresh = await send(appUrl, "/api/token/refresh", { method: "POST", ...cookie(value) })
    expect({ page: redirectOf(page), session: seenFrom(session), refresh: seenFrom(refresh) }, what).toEqual(
      anonymous,
    )
  }
  for (const size of [17_000, 1_000_000]) {
    const answer = await send(appUrl, "/profile", cookie("A".repeat(size))).catch(() => ({ status: 431 }))
    expect(answer.status).toBe(431)
  }
  const cleared = await send(appUrl, "/profile", cookie(vectors["half of it"] ?? ""))
  expect(cleared.setCookies.map(readSetCookie)).toMatchObject([{ name: SESSION, value: "" }])
  expect((await send(appUrl, "/profile", cookie(valid))).text).toContain("Demo Person")
})

test("D10 junk cookies with almost the right names sign no one out and cause no server error", async ({
  visitor,
  appUrl,
}) => {
  await visitor.signIn()
  for (const name of [
    `${SESSION}X`,
    `${SESSION}.0`,
    `${SESSION}.1`,
    `${SESSION}.9`,
    `__Secure-${SESSION}`,
    `__Host-${SESSION}`,
    "next-auth.session-token",
    "authjs.callback-url",
    "authjs.csrf-token",
    "authjs.state",
    "authjs.pkce.code_verifier",
    "authjs.flow.junk",
    "theme",
  ])
    for (const value of ["junk", "%00javascript:", "%E0%A4%A", "a~b~c~d"]) {
      const person = visitor.copy()
      person.cookies.set(name, value)
      const session = await person.send("/api/auth/session")
      expect(JSON.parse(session.text), name).toMatchObject({ user: { name: "Demo Person" } })
      expect((await person.send("/profile")).status, name).toBe(200)
      expect((await person.send("/api/auth/csrf")).status, name).toBe(200)
      if (value !== "junk") continue
      expect((await person.signIn("demo", "/sessions")).headers.location, name).toBe(`${appUrl}/sessions`)
      // Each of these is a new sign-in in the same browser, which ends the previous session.
      visitor.cookies.set(SESSION, person.cookies.get(SESSION) ?? "")
    }
})

test("D11a cookies stay small with a name of 20 kB and long tokens", async ({
  visitor,
  emulator,
  environment,
  appUrl,
}) => {
  await emulator.control.reset({
    people: [{ username: "demo", password: "demo", display_name: "N".repeat(20_000) }],
    clients: [
      {
        key: environment.AUTH_BITBUCKET_ID ?? "",
        secret: environment.AUTH_BITBUCKET_SECRET ?? "",
        name: "Demo",
        callback_url: appUrl,
        scopes: ["account", "email"],
      },
    ],
  })
  await emulator.control.changeConfig({ token_length: 2_600 })
  expect((await visitor.signIn()).headers.location).toBe(`${appUrl}/profile`)
  for (let tab = 0; tab < 6; tab++) await visitor.start("/sessions")
  for (const [name, value] of visitor.cookies) expect(name.length + value.length).toBeLessThanOrEqual(4_096)
  expect(cookieHeader(visitor.cookies).length).toBeLessThan(8_000)
  expect((await visitor.send("/profile")).status).toBe(200)
})

test("D11b a session cookie of any size that reaches the app opens nothing and causes no server error", async ({
  appUrl,
}) => {
  for (const size of [0, 1, 3_900, 4_000, 7_400, 15_000]) {
    expect((await send(appUrl, "/profile", cookie("A".repeat(size)))).status, String(size)).toBe(307)
    expect((await send(appUrl, "/api/auth/session", cookie("A".repeat(size)))).text).toBe("null")
  }
  const tooBig = await send(appUrl, "/profile", cookie("A".repeat(17_000))).catch(() => ({ status: 431 }))
  expect(tooBig.status).toBe(431)
})

test("D12 the app reads a session from one cookie only: pieces make none, and stale pieces do no harm", async ({
  visitor,
  stranger,
}) => {
  await visitor.signIn("demo")
  await stranger.signIn("zoe")
  const [valid = "", other = ""] = [visitor.cookies.get(SESSION), stranger.cookies.get(SESSION)]
  const cut = Math.floor(valid.length / 2)
  const [head, tail] = [valid.slice(0, cut), valid.slice(cut)]
  const jars: [string, Record<string, string>, boolean][] = [
    ["two pieces", { [`${SESSION}.0`]: head, [`${SESSION}.1`]: tail }, false],
    ["pieces in the wrong order", { [`${SESSION}.1`]: head, [`${SESSION}.0`]: tail }, false],
    ["a piece that is missing", { [`${SESSION}.0`]: head, [`${SESSION}.2`]: tail }, false],
    ["pieces of two people", { [`${SESSION}.0`]: head, [`${SESSION}.1`]: other.slice(cut) }, false],
    ["half, with a piece", { [SESSION]: head, [`${SESSION}.1`]: tail }, false],
    [
      "the whole, with stale pieces",
      { [SESSION]: valid, [`${SESSION}.0`]: head, [`${SESSION}.1`]: tail },
      true,
    ],
    ["the whole, with another person's piece", { [`${SESSION}.0`]: other, [SESSION]: valid }, true],
  ]
  for (const [what, jar, isSignedIn] of jars) {
    const headers = { cookie: cookieHeader(new Map(Object.entries(jar))) }
    expect((await visitor.send("/profile", { headers })).status, what).toBe(isSignedIn ? 200 : 307)
    const { text } = await visitor.send("/api/auth/session", { headers })
    expect(text.includes("Demo Person"), what).toBe(isSignedIn)
    expect(text, what).not.toContain("Zoë")
  }
})

test("D13 the cookie of another deployment, or of http on https, opens nothing", async ({
  visitor,
  environment,
  emulator,
  appUrl,
}) => {
  await visitor.signIn()
  const valid = visitor.cookies.get(SESSION) ?? ""
  const claims = {
    ...(await decode({ token: valid, secret: cookieSecret(environment.AUTH_SECRET ?? ""), salt: SESSION })),
  }
  const staging = await encode({ token: claims, secret: randomUUID() + randomUUID(), salt: SESSION })
  expect((await send(appUrl, "/profile", cookie(staging))).status).toBe(307)
  const https = await encode({
    token: claims,
    secret: cookieSecret(environment.AUTH_SECRET ?? ""),
    salt: `__Host-${SESSION}`,
  })
  expect((await send(appUrl, "/profile", cookie(https))).status).toBe(307)

  await using app = await startAppBehindTls(environment, emulator)
  expect((await send(app.url, "/profile", cookie(https, `__Host-${SESSION}`))).status).toBe(200)
  for (const name of [SESSION, `__Secure-${SESSION}`, `__Host-${SESSION}`])
    expect((await send(app.url, "/profile", cookie(valid, name))).status, name).toBe(307)
})

test("D14 the middleware and the handlers read odd Cookie headers the same way, twice", async ({
  visitor,
  appUrl,
}) => {
  await visitor.signIn()
  const valid = visitor.cookies.get(SESSION) ?? ""
  const own = `${SESSION}=${valid}`
  for (const header of [
    own,
    `${own}; ${SESSION}=junk`,
    `${SESSION}=junk; ${own}`,
    `${SESSION}="${valid}"`,
    `${SESSION} = ${valid}`,
    `${own};`,
    `;;; ${own}`,
    `a; ${own}`,
    `=x; ${own}`,
    `a==b; ${own}`,
    `__proto__=x; ${own}`,
    `constructor=x; toString=y; ${own}`,
    `x=%E0%A4%A; ${own}`,
    `x="a;b"; ${own}`,
    `${own}, b=c`,
    `\t${own}\t`,
    SESSION,
    `${SESSION}=`,
    `${SESSION.toUpperCase()}=${valid}`,
    `${Array.from({ length: 200 }, (_, index) => `c${index}=v`).join("; ")}; ${own}`,
    ...oddCookies.map((odd) => `${odd}; ${own}`),
  ]) {
    const read = async () => {
      const headers = { cookie: header }
      const page = await send(appUrl, "/profile", { headers })
      const session = await send(appUrl, "/api/auth/session", { headers })
      expect(Math.max(page.status, session.status), header).toBeLessThan(500)
      return [page.status === 200, session.text !== "null"]
    }
    const [byPage, byHandler] = await read()
    expect(byHandler, header).toBe(byPage)
    expect(await read(), header).toEqual([byPage, byHandler])
  }
})

/** What a cookie parser may stumble on: spaces, missing halves, repeated names, names that Object has. */
const oddCookies = [
  "a=1",
  "A    =   1;    b  =   2",
  "   a  =  1  ;  b  =  2   ",
  "\ta\t=\t1\t",
  "a=; b=",
  "a=;b",
  "a=1; b; c=3",
  "b; a= 1",
  "=1",
  " = 1 ",
  " a = ",
  "   =   ",
  "==",
  "a==1",
  "a=1=2",
  "a=%22%2c%3b%2f%20",
  "a=%1; b=2",
  "a=%; a=2",
  "a=1; b=2; a=3",
  "a=; b=2; a=3",
  'a="1; b=2"',
  "toString=1; valueOf=2",
  "__proto__=1; constructor=2",
]

test("D15 the session cookie's value does not work as a bearer token, and junk there causes no server error", async ({
  visitor,
  appUrl,
}) => {
  await visitor.signIn()
  const valid = visitor.cookies.get(SESSION) ?? ""
  for (const authorization of [
    `Bearer ${valid}`,
    `bearer ${valid}`,
    `Basic ${valid}`,
    "Bearer %",
    "Bearer ",
    "Bearer %E0%A4%A",
  ]) {
    const headers = { authorization }
    expect((await send(appUrl, "/profile", { headers })).status).toBe(307)
    expect((await send(appUrl, "/api/auth/session", { headers })).text).toBe("null")
    expect((await send(appUrl, "/api/token/refresh", { method: "POST", headers })).status).toBe(401)
    expect((await send(appUrl, "/api/cron/keep-alive", { headers })).status).toBe(401)
    expect((await send(appUrl, "/api/auth/csrf", { headers })).status).toBe(200)
  }
})

test("D16 session ids are 256 random bits, never repeat, and are stored as hashes", async ({
  emulator,
  environment,
  database,
  appUrl,
}) => {
  const read = async (person: Visitor) => {
    const token = person.cookies.get(SESSION) ?? ""
    return String(
      (await decode({ token, secret: cookieSecret(environment.AUTH_SECRET ?? ""), salt: SESSION }))?.sid,
    )
  }
  const sids = await inBatches(
    Array.from({ length: 52 }),
    async () => {
      const person = new Visitor({ appUrl, emulator })
      await person.signIn()
      return read(person)
    },
    8,
  )
  expect(new Set(sids).size).toBe(52)
  for (const sid of sids) expect(Buffer.from(sid, "base64url")).toHaveLength(32)
  const ones = sids
    .flatMap((sid) => [...Buffer.from(sid, "base64url")])
    .map((byte) => byte.toString(2).replaceAll("0", "").length)
  const share = ones.reduce((sum, count) => sum + count, 0) / (ones.length * 8)
  // Chance misses this once in ten million runs.
  expect(share).toBeGreaterThan(0.475)
  expect(share).toBeLessThan(0.525)

  const { rows } = await database.query("select * from session")
  const stored = JSON.stringify(rows)
  for (const sid of sids) expect(stored).not.toContain(sid)
  const hashes = sids.map((sid) => createHash("sha256").update(sid).digest("base64url"))
  expect(rows, "an account keeps fifty").toHaveLength(50)
  expect(hashes).toEqual(expect.arrayContaining(rows.map(({ id_hash }) => id_hash)))
})
