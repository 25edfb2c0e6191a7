import type { Route } from "next"

/** The pages of a person's own, by the names that the navigation gives them. */
export const places: readonly (readonly [Route, string])[] = [
  ["/profile", "Profile"],
  ["/integrations/bitbucket", "Connection"],
  ["/workspaces", "Workspaces"],
  ["/sessions", "Sessions"],
  ["/activity", "Activity"],
]

/** Names the navigation for people who cannot see it. */
export const navigation = "Your account"

/** On every link by which a signed-in person goes through Bitbucket again. */
export const signInAgain = "Sign in at Bitbucket again"
