import { parseUuid } from "auth-bitbucket/client"
import type { UsableVariables } from "./inspect-environment"
import { type CheckResult, failed, ok, warning } from "./result"

const slug = /^[a-z0-9][a-z0-9_.-]*$/i

/** An entry that is neither a slug nor a UUID, such as a name or an address, admits no one. Prefer a UUID. */
export function reviewAllowedWorkspaces(
  id: string,
  { ALLOWED_WORKSPACES = [] }: UsableVariables,
): CheckResult {
  if (ALLOWED_WORKSPACES.length === 0)
    return ok(id, "ALLOWED_WORKSPACES is not set: anyone with a Bitbucket account may sign in.")
  const places = ALLOWED_WORKSPACES.flatMap((entry, index) =>
    slug.test(entry) || parseUuid(entry) ? [] : [index + 1],
  )
  if (places.length > 0)
    return failed(
      id,
      "workspace_impossible",
      `ALLOWED_WORKSPACES has an entry that can be no workspace, at ${places.map((place) => `place ${place}`).join(", ")}`,
      "list UUIDs, or slugs as in `https://bitbucket.org/SLUG/`, with commas between them, and no names or addresses",
    )
  const sentence = `ALLOWED_WORKSPACES admits the members of ${workspaces(ALLOWED_WORKSPACES.length)}.`
  const slugs = ALLOWED_WORKSPACES.filter((entry) => parseUuid(entry) === null).length
  if (slugs === 0) return ok(id, sentence)
  return warning(
    id,
    "workspace_by_slug",
    `${sentence.slice(0, -1)}, ${slugs === ALLOWED_WORKSPACES.length ? "" : `${slugs} of them `}by slug, which a workspace can give up and anyone else can then take`,
    "list UUIDs instead, which stay: `GET /2.0/workspaces/SLUG` shows one as `uuid`",
  )
}

function workspaces(count: number): string {
  return count === 1 ? "one workspace" : `${count} workspaces`
}
