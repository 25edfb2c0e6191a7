import { type APIRequestContext, type APIResponse, type Page, request } from "@playwright/test"
import type { Emulator } from "bitbucket-emulator"
import type { Pool } from "pg"
import type { BitbucketPages } from "./pages/bitbucket-pages"

/** Signs somebody in through the browser, from the page that they wanted. */
export async function signInFrom(
  page: Page,
  bitbucket: BitbucketPages,
  path: string,
  username = "demo",
): Promise<void> {
  await page.goto(`/oauth/bitbucket/authorize?reason=test&next=${encodeURIComponent(path)}`)
  await bitbucket.signInAndAllow(username)
  await page.waitForURL(`**${path}`)
}

/** A client without a browser that has the cookies which this browser has now. */
export async function withCookiesOf(page: Page, baseURL: string): Promise<APIRequestContext> {
  return request.newContext({ baseURL, storageState: await page.context().storageState(), maxRedirects: 0 })
}

/** The Cookie header that this browser sends to the app. */
export async function cookiesOf(page: Page, appUrl: string): Promise<string> {
  const cookies = await page.context().cookies(appUrl)
  return cookies.map(({ name, value }) => `${name}=${value}`).join("; ")
}

/** Where an answer leads; one that leads nowhere gives its own address. */
export function locationOf(response: APIResponse): URL {
  return new URL(response.headers().location ?? "", response.url())
}

/** As if everybody's profile had been read from Bitbucket so long ago. @param ago an interval of Postgres's */
export async function readProfileAgo(database: Pool, ago: string): Promise<void> {
  await database.query("update connection set profile_read_at = now() - $1::interval", [ago])
}

/** The renewals that Bitbucket has been asked for since its journal was cleared. */
export async function refreshRequests({ control }: Pick<Emulator, "control">) {
  return (await control.listRequests()).filter(({ grant_type }) => grant_type === "refresh_token")
}
