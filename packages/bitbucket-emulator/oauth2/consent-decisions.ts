import type { Bitbucket } from "../bitbucket.ts"
import type { ConsentDecision, OAuthClient, Person } from "../state.ts"
import type { Scope } from "./scopes.ts"

/** A person's decision, in either protocol. */
export interface Question {
  readonly client: OAuthClient
  readonly scopes: readonly Scope[]
}

/** BB-A15: the screen is skipped if the same person has decided on at least these scopes for this client before. */
export function findDecision(
  bitbucket: Bitbucket,
  request: Question,
  person: Person,
): ConsentDecision["verdict"] | null {
  const { remember_allow, remember_deny } = bitbucket.config
  const decision = bitbucket.state.decisions.find(
    (entry) =>
      entry.username === person.username &&
      entry.clientKey === request.client.key &&
      request.scopes.every((scope) => entry.scopes.includes(scope)),
  )
  if (decision === undefined) return null
  return (decision.verdict === "allow" ? remember_allow : remember_deny) ? decision.verdict : null
}

/** Keeps the latest answer per person and client. */
export function rememberDecision(
  bitbucket: Bitbucket,
  request: Question,
  person: Person,
  verdict: ConsentDecision["verdict"],
): void {
  const decision = {
    clientKey: request.client.key,
    username: person.username,
    scopes: request.scopes,
    verdict,
  }
  bitbucket.state.decisions = bitbucket.state.decisions.filter(
    (entry) => entry.username !== decision.username || entry.clientKey !== decision.clientKey,
  )
  bitbucket.state.decisions.push(decision)
}
