import { bare, ours } from "./contestants"
import { runningOf, type Scene } from "./running"

/**
 * Checks that `bare` shows the page that this app shows now, element by element: what it is compared with must not stay
 * behind.
 *
 * @throws Error with the first element that differs
 */
export async function assertSamePage(scene: Scene): Promise<void> {
  const [own, other] = await Promise.all([ours, bare].map(({ name }) => elementsOf(scene, name)))
  const place = (own ?? []).findIndex((element, index) => element !== other?.[index])
  if (place !== -1 || own?.length !== other?.length)
    throw new Error(`bare shows ${other?.[place]} in the place of ${own?.[place]}: see bench/peers/markup`)
}

/** The elements that people see, with their classes; scripts, and what only a form's action needs, left out. */
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
