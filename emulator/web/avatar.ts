import { Hono } from "hono"
import type { Bitbucket } from "../bitbucket.ts"
import type { Person } from "../state.ts"

/** Where the emulator serves a person's picture. Bitbucket links to other hosts (BB-U11), which offline cannot. */
export function avatarPath(person: Person): string {
  return `/account/avatars/${encodeURIComponent(person.uuid)}/128`
}

export function avatarRoutes(bitbucket: Bitbucket): Hono {
  const routes = new Hono()
  routes.get("/account/avatars/:uuid/:size{[0-9]+}", (context) => {
    const uuid = context.req.param("uuid")
    const person = [...bitbucket.state.people.values()].find((candidate) => candidate.uuid === uuid)
    if (person === undefined) return context.text("Not Found", 404)
    return context.body(initialsSvg(person), 200, {
      "Content-Type": "image/svg+xml; charset=utf-8",
      "Cache-Control": "public, max-age=300",
      "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    })
  })
  return routes
}

function initialsSvg(person: Person): string {
  const hue = Number.parseInt(person.uuid.slice(1, 5), 16) % 360
  return `<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128" viewBox="0 0 128 128"><rect width="128" height="128" fill="hsl(${hue} 45% 34%)"/><text x="64" y="64" dy="0.36em" text-anchor="middle" fill="#fff" font-family="system-ui, sans-serif" font-size="52" font-weight="600">${initials(person)}</text></svg>`
}

/** Letters and digits only, so nothing here needs escaping. */
function initials(person: Person): string {
  const words = (person.display_name ?? person.username)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
  return words
    .slice(0, 2)
    .map((word) => [...word][0] ?? "")
    .join("")
    .toUpperCase()
}
