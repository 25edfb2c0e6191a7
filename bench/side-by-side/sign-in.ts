import { createBrowser } from "../refresh/browser"
import { type Browser, ours, signIn } from "./contestants"
import type { Running, Scene } from "./running"
import { median, milliseconds, type Section, target } from "./section"

const SIGN_INS = 30
const WARM_UPS = 8

type Timed = { totalMs: number; bitbucketMs: number; hops: string[] }

/** How long does a sign-in take at our end, from the button to the last byte of the profile? */
export async function signInTimes(scene: Scene): Promise<Section> {
  const people = scene.running.filter(({ contestant }) => contestant.startSignIn)
  const measured = new Map(people.map(({ contestant }) => [contestant.name, [] as Timed[]]))
  // Signed in at Bitbucket and with the consent given: what is left is redirects.
  const browsers = new Map<string, Browser>()
  for (const one of people)
    browsers.set(one.contestant.name, await signIn(one.contestant, one.app, "person-2"))
  for (let time = -WARM_UPS; time < SIGN_INS; time++)
    for (const one of people) {
      const timed = await timeSignIn(
        scene,
        one,
        browsers.get(one.contestant.name) ?? createBrowser("person-2"),
      )
      if (time >= 0) measured.get(one.contestant.name)?.push(timed)
    }
  const ownMs = (name: string) =>
    (measured.get(name) ?? []).map(({ totalMs, bitbucketMs }) => totalMs - bitbucketMs)
  return {
    title: "Signing in, from the button to the profile",
    head: ["App", "Own time p50", "Bitbucket's part p50", "Requests to the app"],
    rows: people.map(({ contestant: { name } }) => {
      const all = measured.get(name) ?? []
      return [
        name,
        milliseconds(median(ownMs(name))),
        milliseconds(median(all.map(({ bitbucketMs }) => bitbucketMs))),
        (all[0]?.hops ?? []).join(", "),
      ]
    }),
    notes: [
      `${SIGN_INS} sign-ins after ${WARM_UPS} that do not count. Own time is what all requests to the app took, less what it waited for Bitbucket.`,
    ],
    targets: [target(ours.name, "own time of a sign-in, p50", "≤", 60, median(ownMs(ours.name)), " ms")],
    numbers: Object.fromEntries(
      [...measured].map(([name, all]) => [name, all.map(({ hops, ...times }) => times)]),
    ),
  }
}

async function timeSignIn(scene: Scene, { contestant, app }: Running, browser: Browser): Promise<Timed> {
  const { bitbucket } = scene.stage
  browser.forget(app.url)
  await bitbucket.clearRequests()
  const hops: string[] = []
  let totalMs = 0
  const timed = async (url: URL, request: () => Promise<Response>) => {
    const startedAt = performance.now()
    const response = await request()
    await response.clone().arrayBuffer()
    if (url.origin === app.url.origin) {
      totalMs += performance.now() - startedAt
      hops.push(url.pathname)
    }
    return response
  }
  let url = app.url
  const observed = {
    ...browser,
    send: (to: URL, fields?: Record<string, string>) => timed(to, () => browser.send(to, fields)),
    sendJson: (to: URL, body: unknown) => timed(to, () => browser.sendJson(to, body)),
  }
  let response = await contestant.startSignIn?.(observed, url)
  for (
    let location = response?.headers.get("location");
    location;
    location = response?.headers.get("location")
  ) {
    url = new URL(location, url)
    response = await observed.send(url)
  }
  if (url.pathname !== "/profile" || response?.status !== 200)
    throw new Error(`A sign-in at ${contestant.name} ended with ${response?.status} at ${url.pathname}`)
  return { totalMs, bitbucketMs: await waitedForBitbucket(scene), hops }
}

/** How long the app waited for Bitbucket: calls at the same time count once. */
async function waitedForBitbucket({ stage }: Scene): Promise<number> {
  const calls = (await stage.bitbucket.listRequests())
    .filter(({ origin, grant_type }) => origin === "api" || grant_type !== null)
    .map(({ at, duration_ms }) => ({ from: Date.parse(at), to: Date.parse(at) + (duration_ms ?? 0) }))
    .toSorted((one, other) => one.from - other.from)
  let [total, until] = [0, 0]
  for (const { from, to } of calls) {
    total += Math.max(0, to - Math.max(from, until))
    until = Math.max(until, to)
  }
  return total
}
