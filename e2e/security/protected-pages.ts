import { readFileSync } from "node:fs"
import path from "node:path"
import { askFor } from "./flight"
import { inBatches, type Question, send } from "./http"
import type { Visitor } from "./visitor"

const build = path.resolve(import.meta.dirname, "../../.next")

export const buildId = () => readFileSync(path.join(build, "BUILD_ID"), "utf8")

/** The paths of every protected page, read from the build, so that new pages are included. */
export function protectedPaths(): string[] {
  const routes = JSON.parse(readFileSync(path.join(build, "app-path-routes-manifest.json"), "utf8"))
  return Object.entries<string>(routes)
    .filter(([file]) => file.startsWith("/(signed-in)/") && file.endsWith("/page"))
    .map(([, route]) => route.replaceAll(/\[+(?:\.\.\.)?\w+\]+/g, "emulated-works"))
}

/** Every server action of the build: its id and its name in the source. */
export function serverActions(): { id: string; name: string }[] {
  const { node } = JSON.parse(readFileSync(path.join(build, "server/server-reference-manifest.json"), "utf8"))
  return Object.entries<{ exportedName: string }>(node).map(([id, { exportedName }]) => ({
    id,
    name: exportedName,
  }))
}

/**
 * What only a signed-in person may read: the account's own words, and the headings of the pages, in HTML and
 * in the payload of server components. The navigation is no secret: it is the same for every visitor.
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

/** @returns the pieces of the content that a text contains */
export function shownIn(text: string, content: readonly RegExp[]): string[] {
  return content.filter((pattern) => pattern.test(text)).map(String)
}

export type Attempt = Question & { path: string }

/** Makes every attempt. @returns those whose response contained protected content or was a server error */
export async function breachesOf(
  appUrl: string,
  attempts: readonly Attempt[],
  content: readonly RegExp[],
): Promise<string[]> {
  const anonymous = { send: (path: string, question?: Question) => send(appUrl, path, question) }
  const answers = await inBatches(attempts, async (attempt) => {
    const answer = await askFor(anonymous, attempt.path, attempt)
    const shown = shownIn(answer.text, content)
    const said = `${attempt.method ?? "GET"} ${attempt.path} ${JSON.stringify(attempt.headers ?? {})}`
    return shown.length > 0 || answer.status >= 500
      ? `${said}: ${answer.status} ${shown.join(", ")}`.slice(0, 300)
      : null
  })
  return answers.filter((said) => said !== null)
}
