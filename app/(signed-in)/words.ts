import type { Route } from "next"

/** The pages of a person's own, by the names that the navigation gives them. */
export const places: readonly (readonly [Route, string])[] = [
  ["/profile", "Profile"],
  ["/integrations/bitbucket", "Connection"],
  ["/workspaces", "Workspaces"],
  ["/sessions", "Sessions"],
  ["/activity", "Activity"],
]

/** The navigation's accessible name. */
export const navigation = "Your account"

/** The label of every link that takes a signed-in user to Bitbucket and back. */
export const signInAgain = "Sign in at Bitbucket again"
