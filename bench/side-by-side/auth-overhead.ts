import { ownNames } from "./contestants"
import { runningOf, type Scene } from "./running"
import { median, milliseconds, type Section, target } from "./section"

const ROUNDS = 5
const SECONDS = 2
const RATE = 50

/** What do session, database and policy add to the page, at a load that nobody has to wait for? */
export async function authOverhead(scene: Scene): Promise<Section> {
  const pages = scene.running.map(({ contestant, app, cookie }) => ({
    name: `${contestant.name} /profile`,
    url: new URL("/profile", app.url).href,
    cookies: [cookie],
    p50Ms: [] as number[],
    p99Ms: [] as number[],
  }))
  const still = new URL("/still", runningOf(scene, "bare").app.url).href
  pages.push({ name: "bare, nothing read", url: still, cookies: [], p50Ms: [], p99Ms: [] })
  for (let round = 0; round < ROUNDS; round++)
    for (const page of pages) {
      const load = { url: page.url, cookies: page.cookies, connections: 10, seconds: SECONDS, rate: RATE }
      const { p50Ms, p99Ms } = await scene.putLoad(load)
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
    targets: ownNames.map((name) =>
      target(
        name,
        "p50 with a session − p50 of the same page without",
        "≤",
        2,
        signedIn(name) - without,
        " ms",
      ),
    ),
    numbers: pages.map(({ name, p50Ms, p99Ms }) => ({ name, p50Ms, p99Ms })),
  }
}
