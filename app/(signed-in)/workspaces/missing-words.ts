import type { FoundRepositories } from "@/lib/bitbucket/workspace-lists"

/** Says what a search of all workspaces did not find out: a sentence each, none if it is complete. */
export function missingInWords({ more, unlisted, onlySearched }: FoundRepositories): string[] {
  return [
    ...more.map((slug) => `There are more in ${slug}.`),
    ...(unlisted.length > 0 ? [`Bitbucket did not show what is in ${unlisted.join(", ")}.`] : []),
    ...(onlySearched === null ? [] : [`Only ${onlySearched} of your workspaces were searched.`]),
  ]
}
