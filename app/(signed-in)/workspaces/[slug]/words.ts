import type { RepositorySort } from "@/lib/bitbucket/workspace-lists"

/** The text of a workspace's page, besides what it shares with the page of all workspaces. */
export const words = {
  allWorkspaces: "All workspaces",
  role: "Your role: ",
  since: "Since {date}",
  wordsInName: "Words in the name",
  order: "Order",
  sorts: {
    updated: "Recently updated",
    oldest: "Least recently updated",
    name: "Name, A to Z",
    "name-desc": "Name, Z to A",
  } satisfies Record<RepositorySort, string>,
  repositories: ["repository", "repositories"],
  none: "This workspace has no repository that you may see.",
  noneWithThis: "No repository has this in its name. {link}",
  noneWithThese: "No repository has all these words in its name. {link}",
  showAll: "Show all",
  notFound: {
    title: "Workspace not found",
    eyebrow: "404",
    heading: "You aren’t in a workspace with this name",
    explanation: "There is none on Bitbucket, it has been renamed, or your account is not a member of it.",
    seeYours: "See your workspaces",
  },
} as const
