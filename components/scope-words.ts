type ScopeText = { title: string; detail: string }

const READ_REPOSITORIES: ScopeText = {
  title: "Read your repositories",
  detail:
    "Public and private. This site can’t change anything. It could read your code too, but reads only details such as names and descriptions.",
}

/** The scopes that this app is likely to see, in plain words. Adapt what it says about this site. */
const knownScopes = new Map<string, ScopeText>(
  Object.entries({
    account: {
      title: "See who you are",
      detail:
        "Your name, nickname, username, picture, location, account ID, when you joined, and your workspaces with your role in each.",
    },
    "account:write": {
      title: "See and change your account",
      detail: "Your name, nickname, username, picture, location, workspaces and account settings.",
    },
    email: {
      title: "See your email addresses",
      detail: "All your addresses, which one is primary, and which are confirmed.",
    },
    repository: READ_REPOSITORIES,
    "repository:write": { title: "Write to your repositories", detail: "Their code too." },
    pullrequest: { title: "Read your pull requests", detail: "And the repositories they belong to." },
    PUBLIC_REPOS: {
      title: "See who you are",
      detail: "Your name and email address, and what everyone may read.",
    },
    REPO_READ: READ_REPOSITORIES,
    REPO_WRITE: { title: "Write to your repositories", detail: "Their code and pull requests too." },
    REPO_ADMIN: { title: "Administer your repositories", detail: "Their settings and permissions too." },
    team: { title: "See your workspaces", detail: "Their names and who is in them." },
  }),
)

/** A scope in plain words. A scope that this app does not know keeps Bitbucket's name. */
export function describeScope(scope: string): ScopeText {
  return knownScopes.get(scope) ?? { title: scope, detail: "A permission that only Bitbucket can explain." }
}

/** The label of the checkbox that grants a scope, on Bitbucket's page for registering an app. */
const boxes = new Map<string, string>(
  Object.entries({
    account: "Account: Read",
    "account:write": "Account: Write",
    email: "Account: Email",
    repository: "Repositories: Read",
    "repository:write": "Repositories: Write",
    pullrequest: "Pull requests: Read",
    team: "Workspace membership: Read",
  }),
)

/** The checkbox that an owner has to tick. For a scope that this app does not know, Bitbucket's name. */
export function boxOfScope(scope: string): string {
  return boxes.get(scope) ?? scope
}
