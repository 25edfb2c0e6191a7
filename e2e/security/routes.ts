import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"

/** The paths that the catch-all below `/api/auth` answers. */
const authPaths = [
  "callback/bitbucket",
  "csrf",
  "error",
  "providers",
  "session",
  "signin",
  "signin/bitbucket",
  "signout",
].map((path) => `/api/auth/${path}`)

/** Every path that the build answers, from its own list, so that pages added later are included. */
export function builtRoutes(): { pages: string[]; handlers: string[] } {
  const manifest: Record<string, string> = JSON.parse(
    readFileSync(".next/app-path-routes-manifest.json", "utf8"),
  )
  const of = (kind: string) =>
    Object.entries(manifest)
      .filter(([file, route]) => file.endsWith(`/${kind}`) && !route.startsWith("/_"))
      .flatMap(([, route]) =>
        route.startsWith("/api/auth/[...") ? authPaths : route.replace(/\[[^\]]+\]/g, "x"),
      )
  return { pages: of("page"), handlers: of("route") }
}

/** The URLs of everything that the build lets browsers fetch. */
export function builtAssets(): string[] {
  return readdirSync(".next/static", { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => `/_next/${path.relative(".next", file)}`)
}
