/**
 * Each scope with the scopes it implies (BB-S1 to BB-S3). The ledger has no evidence on `team`, `pipeline`, `runner` and
 * `test`; their `:write` works like the others.
 */
const IMPLIED_SCOPES = {
  account: [],
  "account:write": ["account"],
  email: [],
  repository: [],
  "repository:write": ["repository"],
  "repository:admin": [],
  "repository:delete": [],
  pullrequest: ["repository"],
  "pullrequest:write": ["pullrequest", "repository:write"],
  project: ["repository"],
  "project:write": [],
  "project:admin": [],
  team: [],
  "team:write": ["team"],
  issue: [],
  "issue:write": ["issue"],
  wiki: [],
  snippet: [],
  "snippet:write": ["snippet"],
  webhook: [],
  pipeline: [],
  "pipeline:write": ["pipeline"],
  "pipeline:variable": [],
  runner: [],
  "runner:write": ["runner"],
  test: [],
  "test:write": ["test"],
  // The scopes of Data Center (BB-D6).
  PUBLIC_REPOS: [],
  REPO_READ: ["PUBLIC_REPOS"],
  REPO_WRITE: ["REPO_READ"],
  REPO_ADMIN: ["REPO_WRITE"],
} as const satisfies Record<string, readonly string[]>

export type Scope = keyof typeof IMPLIED_SCOPES

export const scopeNames = Object.keys(IMPLIED_SCOPES) as [Scope, ...Scope[]]

export function isScope(name: string): name is Scope {
  return Object.hasOwn(IMPLIED_SCOPES, name)
}

/** Data Center's scopes are in capitals, and neither product knows the other's. */
export function isDataCenterScope(scope: Scope): boolean {
  return /^[A-Z_]+$/.test(scope)
}

function withImplied(scopes: Iterable<Scope>): Set<Scope> {
  const reached = new Set<Scope>()
  const pending = [...scopes]
  for (let scope = pending.pop(); scope !== undefined; scope = pending.pop()) {
    if (reached.has(scope)) continue
    reached.add(scope)
    pending.push(...IMPLIED_SCOPES[scope])
  }
  return reached
}

/** Whether a token with these scopes may call an operation that requires `required`. */
export function grantsScope(granted: readonly Scope[], required: Scope): boolean {
  return withImplied(granted).has(required)
}

/** The granted scopes without those that another one implies, as `X-OAuth-Scopes` lists them (BB-S3, BB-H5). */
export function maximalScopes(granted: readonly Scope[]): Scope[] {
  return granted.filter(
    (scope) => !granted.some((other) => other !== scope && withImplied([other]).has(scope)),
  )
}
