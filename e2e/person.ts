import { type APIRequestContext, type APIResponse, type Page, request } from "@playwright/test"
import type { Emulator } from "bitbucket-emulator"
import type { Pool } from "pg"
import { BitbucketPages } from "./pages/bitbucket-pages"

/**
 * Signs a person in over HTTP with the cookies of this browser, then opens the page they wanted. For tests
 * whose subject comes afterwards.
 */
export async function signInFrom(page: Page, path: string, username = "demo"): Promise<void> {
  await signIn(page.request, path, username)
  await page.goto(path)
}

/** Signs a person in over HTTP with the cookies of this client. @param path where the sign-in has to lead */
export async function signIn(client: APIRequestContext, path = "/profile", username = "demo"): Promise<void> {
  const wanted = encodeURIComponent(path)
  let answer = await client.get(`/oauth/bitbucket/authorize?next=${wanted}`, { maxRedirects: 0 })
  const { origin: app } = new URL(answer.url())
  // At most the app, Bitbucket's sign-in and consent, each with a form and a redirect, and the callback.
  for (let steps = 0; steps < 10; steps++) {
    const location = locationOf(answer)
    if (location.origin === app && location.pathname + location.search === path) return
    answer = answer.headers().location
      ? await client.get(location.href, { maxRedirects: 0 })
      : await sendForm(client, answer, username)
  }
  throw new Error(`Signing in ended at ${answer.url()} with ${answer.status()}`)
}

/** Fills in the form of Bitbucket's response: its sign-in, otherwise its consent. */
async function sendForm(
  client: APIRequestContext,
  answer: APIResponse,
  username: string,
): Promise<APIResponse> {
  const html = await answer.text()
  const hidden = [
    ...html.matchAll(/<input type="hidden" name="(csrfmiddlewaretoken|next)" value="([^"]*)">/g),
  ]
  const isSignIn = new URL(answer.url()).pathname.startsWith("/account/signin")
  return client.post(answer.url(), {
    form: {
      ...Object.fromEntries(hidden.map(([, name, value = ""]) => [name, value.replaceAll("&amp;", "&")])),
      ...(isSignIn ? { username, password: username } : { action: "approve" }),
    },
    headers: { referer: answer.url() },
    maxRedirects: 0,
  })
}

/** The same by hand, in the browser: for tests of the sign-in itself. */
export async function signInByHand(page: Page, path: string, username = "demo"): Promise<void> {
  await page.goto(`/oauth/bitbucket/authorize?next=${encodeURIComponent(path)}`)
  await new BitbucketPages(page).signInAndAllow(username)
  await page.waitForURL(`**${path}`)
}

/** A client without a browser that starts with the cookies of a browser or of another client, and follows no redirect. */
export async function withCookiesOf(
  source: Page | APIRequestContext,
  baseURL: string,
): Promise<APIRequestContext> {
  const storageState = await ("context" in source ? source.context() : source).storageState()
  return request.newContext({ baseURL, storageState, maxRedirects: 0 })
}

/** The Cookie header that this browser sends to the app. */
export async function cookiesOf(page: Page, appUrl: string): Promise<string> {
  const cookies = await page.context().cookies(appUrl)
  return cookies.map(({ name, value }) => `${name}=${value}`).join("; ")
}

/** Where a response redirects; one that does not redirect returns its own URL. */
export function locationOf(response: APIResponse): URL {
  return new URL(response.headers().location ?? "", response.url())
}

/** Makes every profile look as if it was read from Bitbucket this long ago. @param ago an interval of Postgres */
export async function readProfileAgo(database: Pool, ago: string): Promise<void> {
  await database.query(
    "update connection set profile_read_at = now() - $1::interval, profile_asked_at = null",
    [ago],
  )
}

/** The refresh requests to Bitbucket since its journal was cleared. */
export async function refreshRequests({ control }: Pick<Emulator, "control">) {
  return (await control.listRequests()).filter(({ grant_type }) => grant_type === "refresh_token")
}
