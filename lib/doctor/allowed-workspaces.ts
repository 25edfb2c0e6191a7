import type { UsableVariables } from "./inspect-environment"
import { type CheckResult, failed, ok } from "./result"

const slug = /^[a-z0-9][a-z0-9_.-]*$/i
const uuid = /^(\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i

/** An entry that is neither a slug nor a UUID, such as a name or an address, admits nobody. */
export function judgeAllowedWorkspaces(
  id: string,
  { ALLOWED_WORKSPACES = [] }: UsableVariables,
): CheckResult {
  if (ALLOWED_WORKSPACES.length === 0)
    return ok(id, "ALLOWED_WORKSPACES is not set: everybody with a Bitbucket account may sign in.")
  const places = ALLOWED_WORKSPACES.flatMap((entry, index) =>
    slug.test(entry) || uuid.test(entry) ? [] : [index + 1],
  )
  if (places.length > 0)
    return failed(
      id,
      `ALLOWED_WORKSPACES has an entry that can be no workspace, at ${places.map((place) => `place ${place}`).join(", ")}.`,
      "List slugs, as in `https://bitbucket.org/SLUG/`, or UUIDs, with commas between them: no names, no addresses.",
    )
  const count = ALLOWED_WORKSPACES.length
  return ok(
    id,
    `ALLOWED_WORKSPACES admits the members of ${count === 1 ? "one workspace" : `${count} workspaces`}.`,
  )
}
