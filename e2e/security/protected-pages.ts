import { readFileSync } from "node:fs"
import path from "node:path"
import { askFor } from "./flight"
import { inBatches, type Question, send } from "./http"
import type { Visitor } from "./visitor"

const build = path.resolve(import.meta.dirname, "../../.next")

export const buildId = () => readFileSync(path.join(build, "BUILD_ID"), "utf8")

/** The addresses of every page that is a person's own, from the build itself: one that is new is in it. */
export function protectedPaths(): string[] {
  const routes = JSON.parse(readFileSync(path.join(build, "app-path-routes-manifest.json"), "utf8"))
  return Object.entries<string>(routes)
    .filter(([file]) => file.startsWith("/(signed-in)/") && file.endsWith("/page"))
    .map(([, route]) => route.replaceAll(/\[+(?:\.\.\.)?\w+\]+/g, "emulated-works"))
}

/** Every server action of the build: its id and what it is called in the source. */
export function serverActions(): { id: string; name: string }[] {
  const { node } = JSON.parse(readFileSync(path.join(build, "server/server-reference-manifest.json"), "utf8"))
  return Object.entries<{ exportedName: string }>(node).map(([id, { exportedName }]) => ({
    id,
    name: exportedName,
  }))
}

/**
 * What only somebody who is signed in may read: the account's own words, and the headings of the pages, in HTML and
 * in the payload of server components. The names in the navigation are no secret: they are the same for everybody.
 */
export async function contentOf(person: Visitor): Promise<RegExp[]> {
  const pages = await Promise.all(protectedPaths().map((page) => person.send(page)))
  const headings = pages.flatMap(({ text }) =>
    [...text.slice(text.indexOf("<main")).matchAll(/<h1\b[^>]*>([^<]+)</g)].map(
      ([, heading = ""]) => heading,
    ),
  )
  return [
    /Demo Person/,
    /demo@example\.com/,
    ...[...new Set(headings)].map(
      (heading) => new RegExp(`<h1\\b[^>]*>${heading}<|"h1",[^{]*\\{[^}]*"${heading}"`),
    ),
  ]
}

/** @returns what of the content is in a text */
export function shownIn(text: string, content: readonly RegExp[]): string[] {
  return content.filter((pattern) => pattern.test(text)).map(String)
}

export type Attempt = Question & { path: string }

/** Makes every attempt. @returns those whose answer held content, or was a server error */
export async function breachesOf(
  appUrl: string,
  attempts: readonly Attempt[],
  content: readonly RegExp[],
): Promise<string[]> {
  const nobody = { send: (path: string, question?: Question) => send(appUrl, path, question) }
  const answers = await inBatches(attempts, async (attempt) => {
    const answer = await askFor(nobody, attempt.path, attempt)
    const shown = shownIn(answer.text, content)
    const said = `${attempt.method ?? "GET"} ${attempt.path} ${JSON.stringify(attempt.headers ?? {})}`
    return shown.length > 0 || answer.status >= 500
      ? `${said}: ${answer.status} ${shown.join(", ")}`.slice(0, 300)
      : null
  })
  return answers.filter((said) => said !== null)
}
