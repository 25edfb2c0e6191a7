type ScopeText = { title: string; detail: string }

/** The scopes that this app is likely to meet, in the words of the people who grant them. */
const knownScopes = new Map<string, ScopeText>(
  Object.entries({
    account: {
      title: "See who you are",
      detail: "Your name, nickname, picture, location and account id.",
    },
    "account:write": {
      title: "See and change your account",
      detail: "Your name, nickname, picture, location and account settings.",
    },
    email: {
      title: "See your email addresses",
      detail: "All of them, with the marks that say which is primary and which are confirmed.",
    },
    repository: { title: "Read your repositories", detail: "Their names, descriptions and code." },
    "repository:write": { title: "Write to your repositories", detail: "Their code too." },
    pullrequest: { title: "Read your pull requests", detail: "And the repositories that they belong to." },
    team: { title: "See your workspaces", detail: "Their names and who is in them." },
  }),
)

/** A scope in plain words; one that this app does not know keeps Bitbucket's name for it. */
export function describeScope(scope: string): ScopeText {
  return knownScopes.get(scope) ?? { title: scope, detail: "A permission that only Bitbucket can explain." }
}

/** Whether what was granted covers a scope; `account:write` and its like contain the scope they extend. */
export function isGranted(scope: string, granted: readonly string[]): boolean {
  return granted.some((candidate) => candidate === scope || candidate === `${scope}:write`)
}
