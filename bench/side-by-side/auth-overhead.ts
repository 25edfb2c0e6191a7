import { ours } from "./contestants"
import { runningOf, type Scene } from "./running"
import { median, milliseconds, type Section, target } from "./section"

const ROUNDS = 5
const SECONDS = 4
const RATE = 50
/** Before each: what an idle server has to load again is not part of a page. */
const WARM_UP_SECONDS = 2

/** What do session, database and policy add to the page, at a load without queues? */
export async function authOverhead(scene: Scene): Promise<Section> {
  const pages = scene.running.map(({ contestant, app, cookies }) => ({
    name: `${contestant.name} /profile`,
    url: new URL("/profile", app.url).href,
    cookies,
    p50Ms: [] as number[],
    p99Ms: [] as number[],
  }))
  const still = new URL("/still", runningOf(scene, "bare").app.url).href
  pages.push({ name: "bare, nothing read", url: still, cookies: [], p50Ms: [], p99Ms: [] })
  const load = ({ url, cookies }: (typeof pages)[number], seconds: number) =>
    scene.putLoad({ url, cookies, connections: 10, seconds, rate: RATE })
  for (let round = 0; round < ROUNDS; round++)
    for (const page of pages) {
      await load(page, WARM_UP_SECONDS)
      const { p50Ms, p99Ms } = await load(page, SECONDS)
      page.p50Ms.push(p50Ms)
      page.p99Ms.push(p99Ms)
    }
  const without = median(pages.at(-1)?.p50Ms ?? [])
  const signedIn = (name: string) =>
    median(pages.find((page) => page.name === `${name} /profile`)?.p50Ms ?? [])
  return {
    title: `The same page at ${RATE} requests a second`,
    head: ["Page", "p50", "p99"],
    rows: pages.map(({ name, p50Ms, p99Ms }) => [
      name,
      milliseconds(median(p50Ms)),
      milliseconds(median(p99Ms)),
    ]),
    notes: [`Bitbucket 0 ms; medians of ${ROUNDS} rounds of ${SECONDS} s.`],
    targets: [
      target(
        ours.name,
        "p50 with a session − p50 of the same page without",
        "≤",
        2,
        signedIn(ours.name) - without,
        " ms",
      ),
    ],
    numbers: pages.map(({ name, p50Ms, p99Ms }) => ({ name, p50Ms, p99Ms })),
  }
}
