import { setTimeout as wait } from "node:timers/promises"
import type { NextApp } from "../refresh/next-apps"
import { type Browser, type Contestant, ours, signIn, startContestant } from "./contestants"
import type { Scene } from "./running"
import { milliseconds, round, type Section, target } from "./section"

const PAGES = 50
/** Two hours in small. An app that keeps tokens in a cookie knows no clock but its own, so this time has to pass. */
const LIFETIME_SECONDS = 12
const PROVIDER_MS = 100
const rotations = [
  { rotation: "strict", refresh_grace_seconds: 0 },
  { rotation: "grace 600 s", refresh_grace_seconds: 600 },
]

type Runner = { contestant: Contestant; servers: [NextApp, NextApp]; browser: Browser; username: string }

type Stampede = { rotation: string } & Awaited<ReturnType<typeof loadPages>>

/** Fifty pages of one person at the moment of expiry, on two servers: what does Bitbucket see, and what do people? */
export async function stampede(scene: Scene): Promise<Section> {
  const measured: Stampede[] = []
  for (const { rotation, refresh_grace_seconds } of rotations) {
    const { bitbucket } = scene.stage
    await bitbucket.changeConfig({ refresh_grace_seconds, access_token_ttl_seconds: LIFETIME_SECONDS })
    const runners: Runner[] = []
    for (const [index, { contestant }] of scene.running.entries())
      if (contestant.startSignIn) runners.push(await prepare(scene, contestant, `person-${index + 4}`))
    await bitbucket.changeConfig({ access_token_ttl_seconds: 7_200, latency_ms: PROVIDER_MS })
    await wait((LIFETIME_SECONDS + 1) * 1_000)
    for (const runner of runners) measured.push({ rotation, ...(await loadPages(scene, runner)) })
    await bitbucket.changeConfig({ latency_ms: 0 })
    for (const { servers } of runners) await Promise.all(servers.map(({ process }) => process.stop()))
  }
  const own = measured.filter(({ name }) => name === ours.name)
  return {
    title: `${PAGES} pages of one person at expiry, on two servers`,
    head: [
      "App",
      "Rotation",
      "Refreshes at Bitbucket",
      "Failed pages",
      "Signed in at the next view",
      "Slowest page",
    ],
    rows: measured.map(({ name, rotation, refreshes, failed, isStillSignedIn, slowestMs }) => [
      name,
      rotation,
      String(refreshes),
      `${failed} of ${PAGES}`,
      isStillSignedIn ? "yes" : "no",
      milliseconds(slowestMs),
    ]),
    notes: [
      `An access token lives ${LIFETIME_SECONDS} s instead of two hours; Bitbucket takes ${PROVIDER_MS} ms.`,
    ],
    targets: [
      target(
        ours.name,
        "refreshes of a stampede",
        "≤",
        1,
        Math.max(...own.map(({ refreshes }) => refreshes)),
      ),
      target(ours.name, "failed pages of a stampede", "≤", 0, Math.max(...own.map(({ failed }) => failed))),
    ],
    numbers: measured.map((one) => ({ ...one, slowestMs: round(one.slowestMs) })),
  }
}

async function prepare(scene: Scene, contestant: Contestant, username: string): Promise<Runner> {
  const first = await startContestant(contestant, scene.environment)
  const second = await startContestant(contestant, scene.environment, first.url.origin)
  const browser = await signIn(contestant, first, username)
  return { contestant, servers: [first, second], browser, username }
}

async function loadPages({ stage }: Scene, { contestant, servers, browser, username }: Runner) {
  await stage.bitbucket.clearRequests()
  const view = async (index: number) => {
    const startedAt = performance.now()
    const response = await browser.send(new URL("/profile", servers[index % 2 ? 1 : 0].url))
    const text = await response.text()
    const isShown =
      response.status === 200 && text.includes("What this app may do") && !text.includes("is not answering")
    return { isShown, ms: performance.now() - startedAt }
  }
  const pages = await Promise.all(Array.from({ length: PAGES }, (_, index) => view(index)))
  const requests = await stage.bitbucket.listRequests()
  const isRefresh = ({ grant_type, username: of }: (typeof requests)[number]) =>
    grant_type === "refresh_token" && (of === username || of === null)
  return {
    name: contestant.name,
    refreshes: requests.filter(isRefresh).length,
    failed: pages.filter(({ isShown }) => !isShown).length,
    isStillSignedIn: (await view(0)).isShown,
    slowestMs: Math.max(...pages.map(({ ms }) => ms)),
  }
}
