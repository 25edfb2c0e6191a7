/** Where the OAuth clients of a workspace are, by both names that Bitbucket's screens have for them. */
export const clientScreen = "Workspace settings, OAuth consumers (in newer screens: OAuth clients)"

type Screen = {
  toDo: string
  /** The wording of the older screens, and still of Atlassian's guide. */
  older: string
  /** Null if the newer screen is not described in public. */
  newer: string | null
}

/** What to click in Bitbucket to create a client. The names come from Bitbucket's guides, and from BB-A7. */
export const screens: readonly Screen[] = [
  {
    toDo: "Find the list",
    older: "Workspace settings, Apps and features, OAuth consumers",
    newer: "Workspace settings, OAuth clients",
  },
  { toDo: "Add one", older: "Add consumer", newer: null },
  { toDo: "Say where people come back to", older: "Callback URL", newer: "Callback URL" },
  {
    toDo: "Let people sign in, and stay signed in",
    older: "Nothing to switch on",
    newer: "Tab Authorisation: switch Authorisation code on; refresh tokens come with it",
  },
  {
    toDo: "Say what the app may read",
    older: "Permissions: Account: Read and Account: Email",
    newer: "Tab Scopes: account and email",
  },
  {
    toDo: "Copy the key and the secret",
    older: "Click the name in the list: Key, Secret",
    newer: null,
  },
]
