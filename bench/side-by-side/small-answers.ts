import type { Load } from "./load-process"
import type { Scene } from "./running"
import { median, milliseconds, round, type Section, spread } from "./section"

const ROUNDS = 5
const SECONDS = 1.5

type Question = { name: string; app: string; load: Pick<Load, "url" | "cookies" | "status"> }

/** What does a visitor without a session get, and how fast does a script learn who the signed-in user is? */
export async function smallAnswers(scene: Scene): Promise<Section> {
  const questions = scene.running.flatMap(({ contestant, app, cookie }): Question[] => {
    const { name, sessionPath } = contestant
    if (!sessionPath) return []
    const at = (path: string) => new URL(path, app.url).href
    return [
      { name: "/profile, anonymous", app: name, load: { url: at("/profile"), cookies: [], status: 307 } },
      { name: sessionPath, app: name, load: { url: at(sessionPath), cookies: [cookie] } },
    ]
  })
  const measured = questions
    .toSorted((one, other) => one.name.localeCompare(other.name))
    .map((question) => ({
      ...question,
      perSecond: [] as number[],
      p50Ms: [] as number[],
      p99Ms: [] as number[],
    }))
  for (const { load } of measured) await scene.putLoad({ ...load, connections: 10, seconds: SECONDS })
  for (let round = 0; round < ROUNDS; round++)
    for (const one of measured) {
      const result = await scene.putLoad({ ...one.load, connections: 10, seconds: SECONDS })
      one.perSecond.push(result.perSecond)
      one.p50Ms.push(result.p50Ms)
      one.p99Ms.push(result.p99Ms)
    }
  return {
    title: "Small answers, 10 connections",
    head: ["Request", "App", "Answers/s", "p50", "p99"],
    rows: measured.map(({ name, app, perSecond, p50Ms, p99Ms }) => [
      name,
      app,
      `${round(median(perSecond))} ± ${Math.round(spread(perSecond) * 50)} %`,
      milliseconds(median(p50Ms)),
      milliseconds(median(p99Ms)),
    ]),
    notes: [],
    targets: [],
    numbers: measured.map(({ load, ...numbers }) => numbers),
  }
}
