import path from "node:path"
import { type PageWeight, tracedBytes, weighPage } from "../../test/page-weight"
import { startStatementCounter } from "../../test/statement-counter"
import { type Contestant, ours, signIn, startContestant } from "./contestants"
import type { Scene } from "./running"
import { kilobytes, round, type Section, target } from "./section"

const VIEWS = 20
/** The page in a build of the app in a folder. */
const pageOf = (folder: string) =>
  path.join(folder, ".next/server/app", folder === "." ? "(signed-in)/profile/page.js" : "profile/page.js")

type Weighed = PageWeight & {
  name: string
  /** Bytes of the files in the page's function. */
  traced: number
  queries: number
  calls: number
}

/** What does a view of the profile weigh: for the browser, for the database, for Bitbucket, for a deployment? */
export async function weights(scene: Scene): Promise<Section> {
  const measured: Weighed[] = []
  for (const { contestant, app, cookie } of scene.running) {
    const weight = await weighPage(new URL("/profile", app.url), cookie)
    const traced = await tracedBytes(pageOf(contestant.folder))
    measured.push({ name: contestant.name, ...weight, traced, ...(await countPerView(scene, contestant)) })
  }
  const of = (name: string) => {
    const found = measured.find((one) => one.name === name)
    if (!found) throw new Error(`${name} was not weighed`)
    return found
  }
  const own = of(ours.name)
  const scriptsAboveBare = (own.scriptsGzip - of("bare").scriptsGzip) / 1_000
  return {
    title: "What a signed-in view of /profile weighs",
    head: [
      "App",
      "Cookies",
      "HTML (gzip)",
      "RSC (gzip)",
      "JavaScript, gzip",
      "Queries",
      "Calls to Bitbucket",
      "Traced function",
    ],
    rows: measured.map(
      ({ name, cookies, html, htmlGzip, rsc, rscGzip, scriptsGzip, queries, calls, traced }) => [
        name,
        `${cookies} B`,
        `${kilobytes(html)} (${kilobytes(htmlGzip)})`,
        `${kilobytes(rsc)} (${kilobytes(rscGzip)})`,
        kilobytes(scriptsGzip),
        round(queries),
        round(calls),
        `${round(traced / 2 ** 20)} MB`,
      ],
    ),
    notes: [`Queries and calls are of ${VIEWS} views within a minute of the first.`],
    targets: [
      target(ours.name, "calls to Bitbucket a view, within 60 s", "≤", 0, own.calls),
      target(ours.name, "queries a view", "≤", 1, own.queries),
      target(ours.name, "cookies of a request", "≤", 1_000, own.cookies, " B"),
      target(ours.name, "JavaScript above bare, gzip", "≤", 15, scriptsAboveBare, " kB"),
      target(
        ours.name,
        "traced function over authjs-stock's",
        "≤",
        1.25,
        own.traced / of("authjs-stock").traced,
      ),
    ],
    numbers: measured,
  }
}

/** Counted on a server of its own, whose statements pass a counter. */
async function countPerView({ stage, environment }: Scene, contestant: Contestant) {
  const keys = ["DATABASE_URL", "BETTER_AUTH_DATABASE_URL"] as const
  const counters = await Promise.all(keys.map((key) => startStatementCounter(environment[key] ?? "")))
  const counted = Object.fromEntries(keys.map((key, index) => [key, counters[index]?.url ?? ""]))
  const app = await startContestant(contestant, { ...environment, ...counted })
  const browser = await signIn(contestant, app, "person-1")
  const view = async () => (await browser.send(new URL("/profile", app.url))).text()
  await view()
  for (const { take } of counters) take()
  await stage.bitbucket.clearRequests()
  for (let views = 0; views < VIEWS; views++) await view()
  const queries = counters.reduce((sum, { take }) => sum + take().length, 0) / VIEWS
  const calls = (await stage.bitbucket.listRequests()).length / VIEWS
  await app.process.stop()
  for (const counter of counters) await counter[Symbol.asyncDispose]()
  return { queries, calls }
}
