/** The text of the pages of workspaces and repositories. Failures, roles and gaps have their own files here. */
export const words = {
  title: "Workspaces",
  pick: "Find a repository",
  pickMeans: "Type part of a name and pick a repository to see its details.",
  finder: { find: "By name, in all your workspaces", search: "Search" },
  yourWorkspaces: "Your workspaces on Bitbucket",
  workspaces: ["workspace", "workspaces"],
  administrator: "Administrator",
  member: "Member",
  repositoryCount: (count: number) => {
    if (count === 0) return "No repositories yet"
    return count === 1 ? "1 repository" : `${count} repositories`
  },
  noWorkspace:
    "You aren’t in a workspace yet. Create one {link}, or ask a colleague to invite you to theirs; it appears here the next time you open this page.",
  atBitbucket: "on Bitbucket",

  repositories: "Repositories",
  showWorkspaces: "Show workspaces",
  found: (count: number, hasMore: boolean) => {
    if (count === 0) return "No repository in your workspaces has this in its name."
    return `${count}${hasMore ? " or more" : ""} ${count === 1 ? "repository has" : "repositories have"} this in the name.`
  },
  allIn: (workspace: string) => `All of them in ${workspace}`,
  updated: "Updated {when}",
  openAtBitbucket: "Open on Bitbucket",
  description: "Description",
  workspace: "Workspace",
  whoSees: "Who can see it",
  language: "Language",
  lastChanged: "Last changed",
  toClone: "To clone it",
  /** Completes "Copy". */
  cloneAddress: "the address to clone from",
  received: "What an app receives when you pick it",

  tryAgain: "{link} {when}.",
  tryAgainLink: "Try again",

  mayNotSeeRepositories: "This site may not see your repositories.",
  mayNotSee: "This site may not see this.",
  whyMissing:
    "Nothing is wrong with your account: the owner of this site has not asked Bitbucket for it, or you signed in before they did.",
  forOwner: "For the owner of this site",
  whichBox:
    "In Bitbucket, open the settings of the workspace that this site is registered in. Under OAuth consumers, edit its entry and tick {boxes}; in the newer screens that is OAuth clients, tab Scopes, {names}.",
  thenAsk: " Then have this site ask for it as well.",
  thenAskIn: " Then have this site ask for it as well, in {variable}.",
  onceDone: "once that is done; you come back to this page.",
} as const
