import { weighPage } from "../../test/page-weight"
import { startStatementCounter } from "../../test/statement-counter"
import { light, ours, signIn, startContestant } from "./contestants"
import { runningOf, type Scene } from "./running"
import { atMost, row, type Section } from "./section"

const VIEWS = 50

/** What does a view cost the browser, the database and Bitbucket? `light` has no script besides Next's own. */
export async function weights(scene: Scene): Promise<Section> {
  const { app, cookie } = runningOf(scene, ours.name)
  const page = await weighPage(new URL("/profile", app.url), cookie)
  const landing = await weighPage(new URL("/", app.url), "")
  const next = runningOf(scene, light.name)
  const { scriptsGzip: bareNext } = await weighPage(new URL("/profile", next.app.url), next.cookie)
  const { statements, calls } = await countPerView(scene)
  const ofViews = `${VIEWS} views`
  return {
    rows: [
      row("HTML", page.html / 1_000, atMost(20), `${page.html} bytes`, " kB"),
      row("HTML, gzip", page.htmlGzip / 1_000, atMost(5), `${page.htmlGzip} bytes`, " kB"),
      row("JavaScript, gzip", page.scriptsGzip / 1_000, null, `${page.scripts.length} files`, " kB"),
      row("above Next’s own", (page.scriptsGzip - bareNext) / 1_000, atMost(15), `${bareNext} bytes`, " kB"),
      row("landing page", (landing.scriptsGzip - bareNext) / 1_000, atMost(5), "above Next’s own", " kB"),
      row("calls to Bitbucket a view", calls, atMost(0.02), ofViews),
      row("statements a view", statements, atMost(1), ofViews),
      row("cookies of a request", page.cookies, atMost(520), "the Cookie header", " B"),
    ],
    numbers: { ...page, landing, bareNext, statements, calls },
  }
}

/** Counted on a separate server, whose statements pass through a counter. */
async function countPerView({ stage, environment }: Scene) {
  await using counter = await startStatementCounter(environment.DATABASE_URL ?? "")
  const app = await startContestant(ours, { ...environment, DATABASE_URL: counter.url })
  const browser = await signIn(ours, app, "person-1")
  const view = async () => (await browser.send(new URL("/profile", app.url))).text()
  await view()
  counter.take()
  await stage.bitbucket.clearRequests()
  for (let views = 0; views < VIEWS; views++) await view()
  const statements = counter.take().length / VIEWS
  const calls = (await stage.bitbucket.listRequests()).length / VIEWS
  await app.process.stop()
  return { statements, calls }
}
