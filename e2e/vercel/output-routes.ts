import type { IncomingHttpHeaders } from "node:http"
import type { Condition, Route } from "./build-output"

export type Routed = {
  /** The function or static file that answers, without a leading slash. */
  name: string
  search: string
  headers: Record<string, string>
  status?: number
  /** The middleware that the route asks first, below `functions/`. */
  middleware?: string
}

type Asked = { path: string; search: string; headers: IncomingHttpHeaders }

/**
 * Walks the routes of a build output, as far as one app without its own rewrites needs it: headers and
 * middleware first, then existing files, then the dynamic routes, then the not-found page.
 *
 * @param isThere whether a function or a file has that name
 */
export function routeRequest(routes: Route[], asked: Asked, isThere: (name: string) => boolean): Routed {
  const phases = new Map<string, Route[]>([["first", []]])
  let phase: Route[] = phases.get("first") ?? []
  for (const route of routes) {
    if (route.handle) {
      phase = []
      phases.set(route.handle, phase)
    } else phase.push(route)
  }
  const routed: Routed = { name: nameOf(asked.path), search: asked.search, headers: {} }
  follow("first", false)
  if (isThere(routed.name)) return routed
  follow("rewrite", true)
  if (isThere(routed.name)) return routed
  follow("error", true)
  return routed

  function follow(name: string, endsAtFirst: boolean): void {
    for (const route of phases.get(name) ?? []) {
      const match = new RegExp(route.src ?? "^$").exec(pathOf(routed.name))
      if (!match || !holds(route, asked.headers)) continue
      Object.assign(routed.headers, replaceAll(route.headers ?? {}, match))
      if (route.status) routed.status = route.status
      if (route.middlewarePath) routed.middleware = nameOf(route.middlewarePath)
      if (route.dest) {
        const [path = "", query] = replace(route.dest, match).split("?")
        routed.name = nameOf(path)
        if (query) routed.search += (routed.search ? "&" : "?") + query
      }
      if (endsAtFirst || !(route.continue || route.dest)) return
    }
  }
}

function holds({ has = [], missing = [] }: Route, headers: IncomingHttpHeaders): boolean {
  const isMet = ({ type, key, value }: Condition) => {
    const actual = type === "header" ? headers[key] : undefined
    return actual !== undefined && (value === undefined || new RegExp(`^${value}$`).test(String(actual)))
  }
  return has.every(isMet) && !missing.some(isMet)
}

function nameOf(path: string): string {
  return path.replace(/^\/|\/$/g, "") || "index"
}

function pathOf(name: string): string {
  return name === "index" ? "/" : `/${name}`
}

function replaceAll(values: Record<string, string>, match: RegExpExecArray): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key.toLowerCase(), replace(value, match)]),
  )
}

function replace(text: string, { groups = {}, ...match }: RegExpExecArray): string {
  return text.replaceAll(/\$(\w+)/g, (_, name: string) => groups[name] ?? match[Number(name)] ?? "")
}
