import { betterAuth, ours } from "./contestants"
import { runningOf, type Scene } from "./running"
import { atLeast, both, median, medianRatio, row, type Section } from "./section"

const ROUNDS = 7
const SECONDS = 1.5

/** How fast is a visitor without a session redirected to the sign-in page? */
export async function redirects(scene: Scene): Promise<Section> {
  const [own, other] = [ours, betterAuth].map(({ name }) => ({
    url: new URL("/profile", runningOf(scene, name).app.url).href,
    perSecond: [] as number[],
  })) as [{ url: string; perSecond: number[] }, { url: string; perSecond: number[] }]
  const ask = ({ url }: { url: string }) =>
    scene.sendLoad({ url, cookies: [], status: 307, connections: 10, seconds: SECONDS })
  for (const one of [own, other]) await ask(one)
  for (let round = 0; round < ROUNDS; round++)
    for (const one of round % 2 ? [other, own] : [own, other]) one.perSecond.push((await ask(one)).perSecond)
  return {
    rows: [
      row(
        "anonymous redirects/s over Better Auth's",
        medianRatio(own.perSecond, other.perSecond),
        atLeast(1.5),
        both(median(own.perSecond), median(other.perSecond), "redirects/s"),
      ),
    ],
    numbers: { own, betterAuth: other },
  }
}
