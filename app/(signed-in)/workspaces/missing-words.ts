import type { FoundRepositories } from "@/lib/bitbucket/workspace-lists"

/** Says what a search of all workspaces left out, with one sentence for each gap. */
export function missingInWords({ more, unlisted, onlySearched }: FoundRepositories): string[] {
  return [
    ...more.map((slug) => `There are more in ${slug}.`),
    ...(unlisted.length > 0 ? [`Bitbucket did not show what is in ${unlisted.join(", ")}.`] : []),
    ...(onlySearched === null ? [] : [`Only ${onlySearched} of your workspaces were searched.`]),
  ]
}
