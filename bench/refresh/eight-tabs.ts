import { setTimeout as wait } from "node:timers/promises"
import { type Contestant, enter, ours, stock } from "../side-by-side/contestants"
import { createBrowser } from "./browser"
import { type NextApp, startNextApp } from "./next-apps"
import { type Comparison, missesOf, type Outcome } from "./outcome"
import { refreshRequests, startOver } from "./people"
import type { Stage } from "./stage"

const TABS = 8
/** Two hours in miniature. An app that keeps tokens in a cookie has only the real clock, so this time has to pass. */
const LIFETIME_SECONDS = 5
const PROVIDER_MS = 150
const rotations = [
  { rotation: "strict", refresh_grace_seconds: 0 },
  { rotation: "grace 600 s", refresh_grace_seconds: 600 },
]

/** One user, eight tabs, an expired token: this app compared with one that follows the Auth.js guides. */
export async function eightTabs(stage: Stage): Promise<Outcome> {
  const start = ({ folder, healthPath }: Contestant) => startNextApp(stage, folder, healthPath)
  const [ownApp, stockApp] = await Promise.all([start(ours), start(stock)])
  const comparisons: Comparison[] = []
  for (const { rotation, refresh_grace_seconds } of rotations) {
    const [one = "", other = ""] = await startOver(stage, 2)
    await stage.bitbucket.changeConfig({ refresh_grace_seconds, latency_ms: PROVIDER_MS })
    comparisons.push(
      { app: "this app", rotation, ...(await loadTabs(stage, ownApp, one, ours)) },
      { app: "stock Auth.js", rotation, ...(await loadTabs(stage, stockApp, other, stock)) },
    )
  }

  const own = comparisons.filter(({ app }) => app === "this app")
  const signOuts = own.filter(({ isStillSignedIn }) => !isStillSignedIn).length
  const failedPages = own.reduce((total, one) => total + one.failedPages, 0)
  const refreshes = own.reduce((total, one) => total + one.refreshes, 0)
  return {
    scenario: "Eight tabs, and a stock Auth.js app",
    load: `one person, ${TABS} tabs at once, both apps as production builds, provider ${PROVIDER_MS} ms`,
    target: "this app: 1.00 calls, 0 failed pages, signed in at the next view",
    callsPerRotation: refreshes / rotations.length,
    signOuts,
    failedCallers: failedPages,
    waitsMs: own.flatMap(({ waitsMs }) => waitsMs),
    notes: [`shortened: an access token lives ${LIFETIME_SECONDS} s instead of two hours`],
    misses: missesOf({
      "1.00 provider calls": own.every(({ refreshes }) => refreshes === 1),
      "0 failed pages": failedPages === 0,
      "still signed in": signOuts === 0,
    }),
    comparisons,
  }
}

async function loadTabs(stage: Stage, app: NextApp, username: string, contestant: Contestant) {
  const browser = createBrowser(username)
  await stage.bitbucket.changeConfig({ access_token_ttl_seconds: LIFETIME_SECONDS })
  const { url, status, text } = await enter(contestant, app.url, browser)
  if (url.pathname !== "/profile" || !showsProfile(status, text, username))
    throw new Error(`The sign-in at ${app.process.name} failed: ${status} at ${url.pathname}\n${text}`)
  await stage.bitbucket.changeConfig({ access_token_ttl_seconds: 7_200 })
  await wait((LIFETIME_SECONDS + 1) * 1_000)

  const view = async () => {
    const startedAt = performance.now()
    const response = await browser.send(new URL("/profile", app.url))
    const isShown = showsProfile(response.status, await response.text(), username)
    return { isShown, waitMs: performance.now() - startedAt }
  }
  const tabs = await Promise.all(Array.from({ length: TABS }, view))
  const refreshes = (await refreshRequests(stage, username)).length
  return {
    refreshes,
    failedPages: tabs.filter(({ isShown }) => !isShown).length,
    isStillSignedIn: (await view()).isShown,
    waitsMs: tabs.map(({ waitMs }) => waitMs),
  }
}

/** A redirect to sign in again is not a profile, and neither is an old profile shown for lack of an answer. */
function showsProfile(status: number, text: string, username: string): boolean {
  return status === 200 && text.includes(username) && !text.includes("Bitbucket is not answering")
}
