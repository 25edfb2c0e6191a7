import { bare, ours } from "./contestants"
import { runningOf, type Scene } from "./running"

/**
 * Checks that `bare` shows the same page as this app, element by element, so that the comparison does not go out of
 * date.
 *
 * @throws Error with the first element that differs
 */
export async function assertSamePage(scene: Scene): Promise<void> {
  const [own, other] = await Promise.all([ours, bare].map(({ name }) => elementsOf(scene, name)))
  const place = (own ?? []).findIndex((element, index) => element !== other?.[index])
  if (place !== -1 || own?.length !== other?.length)
    throw new Error(`bare shows ${other?.[place]} in the place of ${own?.[place]}: see bench/peers/markup`)
}

/** The visible elements with their classes, without scripts and without what only a form's action needs. */
async function elementsOf(scene: Scene, name: string): Promise<string[]> {
  const { app, cookie } = runningOf(scene, name)
  const html = await (await fetch(new URL("/profile", app.url), { headers: { cookie } })).text()
  const body = html
    .slice(html.indexOf("<body"))
    .replace(/<script.*?<\/script>|<input type="hidden"[^>]*>/gs, "")
  return [...body.matchAll(/<([a-z]\w*)([^>]*)>/g)].map(
    ([, element, attributes = ""]) => `<${element} ${/class="[^"]*"/.exec(attributes)?.[0] ?? ""}>`,
  )
}
