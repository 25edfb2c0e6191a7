import type { UsableVariables } from "./inspect-environment"
import { type CheckResult, failed, ok, warning } from "./result"

/** Bitbucket's own, from its OpenAPI file. */
const bitbucketScopes = new Set(
  [
    "account account:write email repository repository:write repository:admin repository:delete",
    "pullrequest pullrequest:write project project:admin project:write team team:write issue issue:write wiki",
    "snippet snippet:write webhook pipeline pipeline:write pipeline:variable runner runner:write",
    "test test:write",
  ].flatMap((line) => line.split(" ")),
)

/** Issues and wikis were removed on 20 August 2026; their scopes are still granted and give nothing. */
const emptyScopes = ["issue", "issue:write", "wiki"]

/** An unknown scope ends every sign-in with `invalid_scope` (BB-A8); known ones must be ticked too (BB-A7). */
export function reviewScopes(
  id: string,
  { BITBUCKET_KIND, BITBUCKET_SCOPES = [] }: UsableVariables,
): CheckResult {
  if (BITBUCKET_KIND === "datacenter")
    return ok(id, `BITBUCKET_SCOPES asks for \`${BITBUCKET_SCOPES.join(" ")}\`.`)
  const unknown = BITBUCKET_SCOPES.filter((scope) => !bitbucketScopes.has(scope)).length
  if (unknown > 0)
    return failed(
      id,
      "scope_unknown",
      `BITBUCKET_SCOPES names ${unknown === 1 ? "a scope" : `${unknown} scopes`} that Bitbucket does not have, so it refuses every sign-in`,
      "name scopes as Bitbucket does, with spaces between them, such as `account email`, which is what this app needs",
    )
  const empty = BITBUCKET_SCOPES.filter((scope) => emptyScopes.includes(scope))
  if (empty.length > 0)
    return warning(
      id,
      "scope_empty",
      `BITBUCKET_SCOPES names \`${empty.join(" ")}\`, which gives nothing since Bitbucket removed issues and wikis in August 2026`,
      "remove it, since Bitbucket asks people to allow it for nothing",
    )
  const asked = BITBUCKET_SCOPES.join(" ")
  if (!BITBUCKET_SCOPES.includes("email"))
    return warning(
      id,
      "scope_email_missing",
      `BITBUCKET_SCOPES is \`${asked}\`, and without \`email\` the app knows no email addresses`,
      "add `email` and tick Account: Email in Bitbucket, unless that is what you want",
    )
  return ok(id, `BITBUCKET_SCOPES asks for \`${asked}\`; what the client has ticked in Bitbucket decides.`)
}
