/**
 * Preloaded into create-next-app by scripts/first-steps.ts: the addresses of GitHub that `--example` asks are answered
 * from a local archive, so that the program runs as published, with a repository that may not be on GitHub. All other
 * requests go out as they are.
 */
import { readFile } from "node:fs/promises"

const archive = process.env.FIRST_STEPS_ARCHIVE ?? ""
const fetchFromNetwork = globalThis.fetch

globalThis.fetch = async (resource, options) => {
  const { hostname, pathname } = new URL(resource instanceof Request ? resource.url : resource)
  if (hostname === "codeload.github.com") return new Response(await readFile(archive))
  // Asked whether the example is there, and whether it has a package.json.
  if (hostname === "github.com" || hostname === "raw.githubusercontent.com") return new Response(null)
  if (hostname === "api.github.com")
    return Response.json(/^\/repos\/[^/]+\/[^/]+$/.test(pathname) ? { default_branch: "main" } : {})
  return fetchFromNetwork(resource, options)
}
