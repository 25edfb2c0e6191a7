import type { NextApp } from "../refresh/next-apps"
import { type Browser, type Contestant, signIn } from "../side-by-side/contestants"

type Callback = { url: URL; cookie: string }

/** Starts so many sign-ins of one person and stops each where Bitbucket has sent the browser back. */
export async function waitingCallbacks(
  contestant: Contestant,
  app: NextApp,
  count: number,
): Promise<Callback[]> {
  const browser = await signIn(contestant, app, "person-2")
  const waiting: Callback[] = []
  while (waiting.length < count) waiting.push(await untilCallback(contestant, app, browser))
  return waiting
}

async function untilCallback(contestant: Contestant, app: NextApp, browser: Browser): Promise<Callback> {
  browser.forget(app.url)
  let url = app.url
  let response = await contestant.startSignIn?.(browser, url)
  for (;;) {
    const location = response?.headers.get("location")
    if (!location) throw new Error(`A sign-in ended with ${response?.status} at ${url.pathname}`)
    url = new URL(location, url)
    if (url.pathname.startsWith("/api/auth/callback/")) return { url, cookie: browser.cookiesFor(url) }
    response = await browser.send(url)
  }
}

/** Comes back from Bitbucket, one after the other. @throws Error where somebody is not signed in by that */
export async function comeBack(callbacks: readonly Callback[]): Promise<void> {
  for (const { url, cookie } of callbacks) {
    const response = await fetch(url, { headers: { cookie }, redirect: "manual" })
    await response.text()
    const location = response.headers.get("location") ?? ""
    if (!location.endsWith("/profile")) throw new Error(`A callback led to ${location || response.status}`)
  }
}
