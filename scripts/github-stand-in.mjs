/**
 * scripts/first-steps.ts preloads this into create-next-app: it answers the GitHub requests of `--example` from a local
 * archive, so that the program runs as published, with a repository that may not be on GitHub. It does not touch other
 * requests.
 */
import { readFile } from "node:fs/promises"

const archive = process.env.FIRST_STEPS_ARCHIVE ?? ""
const fetchFromNetwork = globalThis.fetch

globalThis.fetch = async (resource, options) => {
  const { hostname, pathname } = new URL(resource instanceof Request ? resource.url : resource)
  if (hostname === "codeload.github.com") return new Response(await readFile(archive))
  // create-next-app checks whether the example exists, and whether it has a package.json.
  if (hostname === "github.com" || hostname === "raw.githubusercontent.com") return new Response(null)
  if (hostname === "api.github.com")
    return Response.json(/^\/repos\/[^/]+\/[^/]+$/.test(pathname) ? { default_branch: "main" } : {})
  return fetchFromNetwork(resource, options)
}
