import type { Clock } from "./clock.ts"
import type { Config } from "./config.ts"
import { type Contract, contracts } from "./contracts.ts"
import type { Scope } from "./oauth2/scopes.ts"
import type { Randomness } from "./randomness.ts"
import type { Person, State } from "./state.ts"

/** The emulated Bitbucket, as every route sees it. Routes read it each time: a reset replaces `state` and `config`. */
export interface Bitbucket {
  readonly clock: Clock
  readonly randomness: Randomness
  config: Config
  state: State
  /** The prefix of links to each origin, for the client of the current request. */
  readonly siteUrl: string
  readonly apiUrl: string
  /** Whether `/_control/` shows each sign-in as it happens. */
  readonly hasLivePage: boolean
}

export function contractOf(bitbucket: Bitbucket): Contract {
  return contracts[bitbucket.config.contract]
}

/** A person by username or by any of their addresses, as the sign-in form accepts both. */
export function findPerson(bitbucket: Bitbucket, usernameOrEmail: string): Person | null {
  const wanted = usernameOrEmail.trim().toLowerCase()
  const people = [...bitbucket.state.people.values()]
  // A username may look like another person's address.
  const byName = people.find(({ username }) => username.toLowerCase() === wanted)
  return (
    byName ?? people.find(({ emails }) => emails.some(({ email }) => email.toLowerCase() === wanted)) ?? null
  )
}

const ISSUES_AND_WIKIS: ReadonlySet<Scope> = new Set(["issue", "issue:write", "wiki"])

/** The `scopes` that still exist on the emulator's date: those of issues and wikis are gone (BB-S2). */
export function scopesInForce(bitbucket: Bitbucket, scopes: readonly Scope[]): readonly Scope[] {
  const { issuesAndWikisEndOn } = contractOf(bitbucket)
  if (issuesAndWikisEndOn === null || bitbucket.clock.now() < Date.parse(issuesAndWikisEndOn)) return scopes
  return scopes.filter((scope) => !ISSUES_AND_WIKIS.has(scope))
}
