import { expect } from "@playwright/test"
import type { Emulator } from "bitbucket-emulator"
import { openFlow } from "../../lib/sign-in/flow-cookie"
import { type Answer, leadsTo, type Question, send } from "./http"

type Sites = {
  /** The URL of the app. */
  appUrl: string
  emulator: Pick<Emulator, "siteUrl">
  /** Headers that a proxy between the person and the app adds to every request. */
  headers?: Question["headers"]
}

const CALLBACK = "/api/auth/callback/bitbucket"

/**
 * A person with a simplified browser: it keeps cookies by name and follows only the redirects a test tells it to, so
 * that a test can change, repeat and withhold what a real browser would send by itself.
 */
export class Visitor {
  /** The app's cookies, as the `Cookie` header carries them. */
  readonly cookies = new Map<string, string>()
  readonly #bitbucketCookies = new Map<string, string>()
  readonly #sites: Sites

  constructor(sites: Sites) {
    this.#sites = sites
  }

  /** Another browser with copies of this one's cookies. */
  copy(): Visitor {
    const copy = new Visitor(this.#sites)
    for (const [name, value] of this.cookies) copy.cookies.set(name, value)
    return copy
  }

  /** Sends a request to the app. */
  async send(path: string, { headers, ...question }: Question = {}): Promise<Answer> {
    const answer = await send(this.#sites.appUrl, path, {
      ...question,
      headers: {
        ...(this.cookies.size > 0 && { cookie: cookieHeader(this.cookies) }),
        ...this.#sites.headers,
        ...headers,
      },
    })
    keep(answer, this.cookies)
    return answer
  }

  /** Sends a form to the app, as one of its own pages would. */
  post(path: string, fields: Record<string, string>, headers: Question["headers"] = {}): Promise<Answer> {
    const type = { "content-type": "application/x-www-form-urlencoded" }
    const body = new URLSearchParams(fields).toString()
    return this.send(path, { method: "POST", headers: { ...type, ...headers }, body })
  }

  /** Sends the form of a server action, as a page without JavaScript would. @param origin of the page with the form */
  submit(path: string, fields: Record<string, string>, origin = this.#sites.appUrl): Promise<Answer> {
    const boundary = "----a-form-of-the-security-suite"
    const parts = Object.entries(fields).map(
      ([name, value]) =>
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    )
    return this.send(path, {
      method: "POST",
      headers: { "content-type": `multipart/form-data; boundary=${boundary}`, origin },
      body: `${parts.join("")}--${boundary}--\r\n`,
    })
  }

  /** Starts a sign-in. @returns the authorization request at Bitbucket */
  async start(next = "/profile"): Promise<URL> {
    const { appUrl } = this.#sites
    const path = "/oauth/bitbucket/authorize"
    const answer = leadsTo(await this.send(`${path}?next=${encodeURIComponent(next)}`), appUrl)
    // An app that does not see its own hostname asks for the same again, once.
    return answer.pathname === path
      ? leadsTo(await this.send(answer.pathname + answer.search), appUrl)
      : answer
  }

  /** Signs in at Bitbucket and allows access. @returns the path and query of the callback */
  async consent(authorization: URL, username = "demo", action = "approve"): Promise<string> {
    const path = authorization.pathname + authorization.search
    let page = await this.#browse(path)
    if (page.headers.location?.includes("/account/signin")) {
      const next = leadsTo(page, this.#sites.emulator.siteUrl).searchParams.get("next") ?? path
      const signIn = `/account/signin/?next=${encodeURIComponent(next)}`
      await this.#browse(signIn)
      await this.#browse(signIn, { next, username, password: username })
      page = await this.#browse(path)
    }
    const answer = page.status === 302 ? page : await this.#browse(path, { action })
    const callback = leadsTo(answer, this.#sites.emulator.siteUrl)
    return callback.pathname + callback.search
  }

  /** The whole sign-in, from the start to the response of the callback. */
  async signIn(username = "demo", next = "/profile"): Promise<Answer> {
    return this.send(await this.consent(await this.start(next), username))
  }

  /** Signs out as the pages of Auth.js do. */
  async signOut(): Promise<Answer> {
    const { csrfToken } = JSON.parse((await this.send("/api/auth/csrf")).text)
    return this.post("/api/auth/signout", { csrfToken, callbackUrl: "/" })
  }

  /** Forgets the signed-in user at Bitbucket. */
  leaveBitbucket(): void {
    this.#bitbucketCookies.clear()
  }

  async #browse(path: string, fields?: Record<string, string>): Promise<Answer> {
    const { siteUrl } = this.#sites.emulator
    const cookies = this.#bitbucketCookies
    const answer = await send(siteUrl, path, {
      method: fields ? "POST" : "GET",
      headers: {
        cookie: cookieHeader(cookies),
        ...(fields && { "content-type": "application/x-www-form-urlencoded", referer: siteUrl + path }),
      },
      ...(fields && {
        body: new URLSearchParams({
          ...fields,
          csrfmiddlewaretoken: cookies.get("csrftoken") ?? "",
        }).toString(),
      }),
    })
    keep(answer, cookies)
    return answer
  }
}

/** The PKCE verifier of a visitor's pending sign-in. @param secret of the app, which sealed it */
export async function verifierOf(visitor: Visitor, secret: string): Promise<string | undefined> {
  const [name, value] = [...visitor.cookies].find(([name]) => name.startsWith("authjs.flow.")) ?? ["", ""]
  return (await openFlow(name, value, [secret]))?.codeVerifier
}

/** Where a callback leads that is not the first answer to a sign-in of this browser. */
export const startAgain = /\/auth\/error\?error=(sign_in_expired|sign_in_elsewhere|callback_mismatch)&/

/** The result of a sign-in: its failure code, or null if the person is signed in. */
export function failureOf(answer: Answer): string | null {
  expect(answer.status).toBe(302)
  const page = leadsTo(answer, "http://app.invalid")
  expect(page.search).not.toMatch(/code=(?!.*error)|state=/)
  return page.pathname === "/auth/error" ? page.searchParams.get("error") : null
}

/** A callback as an attacker might send it. */
export function callbackWith(query: Record<string, string> | string): string {
  return `${CALLBACK}?${typeof query === "string" ? query : new URLSearchParams(query)}`
}

export function cookieHeader(cookies: ReadonlyMap<string, string>): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join("; ")
}

/** The name and value of a Set-Cookie line, and its attributes in lower case. */
export function readSetCookie(line: string): { name: string; value: string; attributes: string[] } {
  const [pair = "", ...attributes] = line.split(/; */)
  const [name = "", ...value] = pair.split("=")
  return { name, value: value.join("="), attributes: attributes.map((text) => text.toLowerCase()).sort() }
}

function keep(answer: Answer, cookies: Map<string, string>): void {
  for (const { name, value, attributes } of answer.setCookies.map(readSetCookie))
    if (attributes.includes("max-age=0") || value === "") cookies.delete(name)
    else cookies.set(name, value)
}
