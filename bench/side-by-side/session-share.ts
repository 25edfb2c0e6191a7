import { bareBefore, oursBefore } from "./before"
import { bare, ours } from "./contestants"
import { warmUp } from "./load"
import { runningOf, type Scene } from "./running"
import { atMost, both, median, row, type Section } from "./section"

const ROUNDS = 7
const SECONDS = 4
const RATE = 50
/** Before each measurement, because what an idle server has to load again is not part of a page. */
const WARM_UP_SECONDS = 1

/** How much time do session, database and policy add to the page, under a load without queues, in this version and in the earlier one? */
export async function sessionShare(scene: Scene): Promise<Section> {
  const pageOf = (name: string, path: string) => {
    const { app, cookies } = runningOf(scene, name)
    return { url: new URL(path, app.url).href, cookies, p50Ms: [] as number[] }
  }
  const now = { with: pageOf(ours.name, "/profile"), without: pageOf(bare.name, "/still") }
  const before = { with: pageOf(oursBefore.name, "/profile"), without: pageOf(bareBefore.name, "/still") }
  const pages = [now.with, now.without, before.with, before.without]
  for (const page of pages) await warmUp(scene.sendLoad, page)
  for (let round = 0; round < ROUNDS; round++)
    for (const page of pages) {
      const load = { url: page.url, cookies: page.cookies, connections: 10, rate: RATE }
      await scene.sendLoad({ ...load, seconds: WARM_UP_SECONDS })
      page.p50Ms.push((await scene.sendLoad({ ...load, seconds: SECONDS })).p50Ms)
    }
  const [share, shareBefore] = [now, before].map((pages) => shareOf(pages)) as [number, number]
  return {
    rows: [
      row(
        `session's share: p50 with it − p50 of the page without, over ${oursBefore.name}'s`,
        share / shareBefore,
        atMost(0.4),
        both(share, shareBefore, "ms"),
      ),
    ],
    numbers: { now, before },
  }
}

/** The median of the differences within each round. */
function shareOf(pages: { with: { p50Ms: number[] }; without: { p50Ms: number[] } }): number {
  return median(pages.with.p50Ms.map((p50Ms, round) => p50Ms - (pages.without.p50Ms[round] ?? Number.NaN)))
}
