import { bare, betterAuth, light, ours, stock } from "./contestants"
import { warmUp } from "./load"
import { runningOf, type Scene } from "./running"
import { atLeast, atMost, both, median, medianRatio, row, type Section } from "./section"

const ROUNDS = 7
const SECONDS = 2
const CONNECTIONS = 10
const SLOW_BITBUCKET_MS = 100

type Page = { name: string; url: string; cookies: string[]; perSecond: number[]; p50Ms: number[] }

/** How many signed-in views of the profile does each app serve, and how long does one take while Bitbucket is slow? */
export async function views(scene: Scene): Promise<Section> {
  const pageOf = (name: string, path = "/profile"): Page => {
    const { app, cookies } = runningOf(scene, name)
    const url = new URL(path, app.url).href
    return { name: path === "/profile" ? name : path, url, cookies, perSecond: [], p50Ms: [] }
  }
  const pages = {
    own: pageOf(ours.name),
    bare: pageOf(bare.name),
    light: pageOf(light.name),
    stock: pageOf(stock.name),
    betterAuth: pageOf(betterAuth.name),
    empty: pageOf(light.name, "/empty"),
  }
  const slow = { own: pageOf(ours.name), light: pageOf(light.name) }
  for (const page of Object.values(pages)) await warmUp(scene.sendLoad, page)
  for (let round = 0; round < ROUNDS; round++) {
    await inTurn(scene, Object.values(pages), round)
    await scene.stage.bitbucket.changeConfig({ latency_ms: SLOW_BITBUCKET_MS })
    await inTurn(scene, Object.values(slow), round)
    await scene.stage.bitbucket.changeConfig({ latency_ms: 0 })
  }
  const over = (what: string, other: Page, goal: number | null) =>
    row(
      `views/s over ${what}`,
      medianRatio(pages.own.perSecond, other.perSecond),
      goal === null ? null : atLeast(goal),
      both(median(pages.own.perSecond), median(other.perSecond), "views/s"),
    )
  return {
    rows: [
      over("`bare`: the same page, asking Bitbucket at each view", pages.bare, 1.3),
      over("`light`: a page of a few lines, asking Bitbucket at each view", pages.light, 0.9),
      over("the light page of stock Auth.js", pages.stock, 2),
      over("the light page of Better Auth", pages.betterAuth, 2),
      over("an empty page: the limit of Next", pages.empty, null),
      row(
        `p50 over that of \`light\`, Bitbucket at ${SLOW_BITBUCKET_MS} ms`,
        medianRatio(slow.own.p50Ms, slow.light.p50Ms),
        atMost(0.5),
        both(median(slow.own.p50Ms), median(slow.light.p50Ms), "ms"),
      ),
    ],
    numbers: { ...pages, slow },
  }
}

/** Each round begins with another page, so that any drift affects all. */
async function inTurn(scene: Scene, pages: readonly Page[], round: number): Promise<void> {
  for (const [index] of pages.entries()) {
    const page = pages[(index + round) % pages.length] as Page
    const { perSecond, p50Ms } = await view(scene, page, SECONDS)
    page.perSecond.push(perSecond)
    page.p50Ms.push(p50Ms)
  }
}

function view({ sendLoad }: Scene, { url, cookies }: Page, seconds: number) {
  return sendLoad({ url, cookies, connections: CONNECTIONS, seconds })
}
