import { oursBefore } from "./before"
import { type Browser, betterAuth, ours, signIn, stock } from "./contestants"
import { type Running, runningOf, type Scene } from "./running"
import { atMost, both, median, medianRatio, row, type Section } from "./section"

const SIGN_INS = 30
const WARM_UPS = 8

type Timed = { totalMs: number; bitbucketMs: number }

/** How much of a sign-in's time does the app itself take, from the button to the last byte of the profile? */
export async function signInTimes(scene: Scene): Promise<Section> {
  const people = [ours, oursBefore, stock, betterAuth].map(({ name }) => ({
    one: runningOf(scene, name),
    timed: [] as Timed[],
  }))
  // Already signed in at Bitbucket, with consent: only the redirects remain.
  const browsers: Browser[] = []
  for (const { one } of people) browsers.push(await signIn(one.contestant, one.app, "person-2"))
  for (let time = -WARM_UPS; time < SIGN_INS; time++)
    for (const [index, { one, timed }] of people.entries()) {
      const measured = await timeSignIn(scene, one, browsers[index] as Browser)
      if (time >= 0) timed.push(measured)
    }
  const [own, before, ...others] = people.map(({ one, timed }) => ({
    name: one.contestant.name,
    ownMs: timed.map(({ totalMs, bitbucketMs }) => totalMs - bitbucketMs),
  })) as [Own, Own, ...Own[]]
  const over = (other: Own, limit: number | null) =>
    row(
      `own time of a sign-in over ${other.name}'s`,
      medianRatio(own.ownMs, other.ownMs),
      limit === null ? null : atMost(limit),
      both(median(own.ownMs), median(other.ownMs), "ms"),
    )
  return {
    rows: [over(before, 0.7), ...others.map((other) => over(other, null))],
    numbers: [own, before, ...others],
  }
}

type Own = { name: string; ownMs: number[] }

async function timeSignIn(scene: Scene, { contestant, app }: Running, browser: Browser): Promise<Timed> {
  const { bitbucket } = scene.stage
  browser.forget(app.url)
  await bitbucket.clearRequests()
  let totalMs = 0
  const timed = async (url: URL, request: () => Promise<Response>) => {
    const startedAt = performance.now()
    const response = await request()
    await response.clone().arrayBuffer()
    if (url.origin === app.url.origin) totalMs += performance.now() - startedAt
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
  return { totalMs, bitbucketMs: await waitedForBitbucket(scene) }
}

/** How long the app waited for Bitbucket. Parallel calls count once. */
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
