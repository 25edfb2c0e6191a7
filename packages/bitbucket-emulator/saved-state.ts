import { accessSync, constants, readFileSync, renameSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { z } from "zod"
import { scopeNames } from "./oauth2/scopes.ts"
import { redactSecret } from "./redaction.ts"
import type { State } from "./state.ts"

/** Everything that survives a restart: the changes since the seed. It contains secrets in the clear. */
export const savedStateSchema = z.strictObject({
  version: z.literal(1),
  browserSessions: entriesOf(z.string()),
  authorizationCodes: entriesOf(
    z.strictObject({
      code: z.string(),
      grantId: z.string(),
      redirectUri: z.string().nullable(),
      codeChallenge: z.string().nullable(),
      codeChallengeMethod: z.enum(["plain", "S256"]),
      expiresAtMs: z.number(),
      usedAtMs: z.number().nullable(),
    }),
  ),
  grants: entriesOf(
    z.strictObject({
      id: z.string(),
      clientKey: z.string(),
      username: z.string().nullable(),
      scopes: z.array(z.enum(scopeNames)),
      flow: z.enum(["oauth2", "oauth1", "client"]),
      grantedAtMs: z.number(),
      revokedAtMs: z.number().nullable(),
    }),
  ),
  accessTokens: entriesOf(z.strictObject({ grantId: z.string(), expiresAtMs: z.number() })),
  refreshTokens: entriesOf(
    z.strictObject({ grantId: z.string(), lastUsedAtMs: z.number(), replacedAtMs: z.number().nullable() }),
  ),
  requestTokens: entriesOf(
    z.strictObject({
      token: z.string(),
      secret: z.string(),
      clientKey: z.string(),
      callback: z.string().nullable(),
      createdAtMs: z.number(),
      verifier: z.string().nullable(),
      grantId: z.string().nullable(),
    }),
  ),
  oauth1Tokens: entriesOf(z.strictObject({ secret: z.string(), grantId: z.string() })),
  decisions: z.array(
    z.strictObject({
      clientKey: z.string(),
      username: z.string(),
      scopes: z.array(z.enum(scopeNames)),
      verdict: z.enum(["allow", "deny"]),
    }),
  ),
})

export type SavedState = z.infer<typeof savedStateSchema>

function entriesOf<Value extends z.ZodType>(value: Value) {
  return z.array(z.tuple([z.string(), value]))
}

/** An unusable state file; the message is for people. */
export class StateFileError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = "StateFileError"
  }
}

export function saveState(state: State): SavedState {
  return {
    version: 1,
    browserSessions: [...state.browserSessions],
    authorizationCodes: [...state.authorizationCodes],
    grants: [...state.grants].map(([id, grant]) => [id, { ...grant, scopes: [...grant.scopes] }]),
    accessTokens: [...state.accessTokens],
    refreshTokens: [...state.refreshTokens],
    requestTokens: [...state.requestTokens],
    oauth1Tokens: [...state.oauth1Tokens],
    decisions: state.decisions.map((decision) => ({ ...decision, scopes: [...decision.scopes] })),
  }
}

/** The state, safe to show; it cannot be restored, because nothing in it works. */
export function redactState(saved: SavedState): object {
  const secretMembers = new Set(["code", "codeChallenge", "token", "secret", "verifier"])
  const redactEntries = (entries: readonly (readonly [string, object | string])[]) =>
    entries.map(([key, value]) => [
      redactSecret(key),
      typeof value === "string"
        ? value
        : Object.fromEntries(
            Object.entries(value).map(([name, member]) => [
              name,
              secretMembers.has(name) && member !== null ? redactSecret(member) : member,
            ]),
          ),
    ])
  return {
    ...saved,
    redacted: true,
    browserSessions: redactEntries(saved.browserSessions),
    authorizationCodes: redactEntries(saved.authorizationCodes),
    accessTokens: redactEntries(saved.accessTokens),
    refreshTokens: redactEntries(saved.refreshTokens),
    requestTokens: redactEntries(saved.requestTokens),
    oauth1Tokens: redactEntries(saved.oauth1Tokens),
  }
}

/** Replaces everything since the seed with the saved state. */
export function replaceState(state: State, saved: SavedState): void {
  state.browserSessions.clear()
  state.authorizationCodes.clear()
  state.grants.clear()
  state.accessTokens.clear()
  state.refreshTokens.clear()
  state.requestTokens.clear()
  state.oauth1Tokens.clear()
  state.usedNonces.clear()
  state.countedCalls.clear()
  restoreState(state, saved)
}

/**
 * Adds the saved state to a state that a seed has just filled, except for people and clients that the seed no longer
 * has.
 */
export function restoreState(state: State, saved: SavedState): void {
  const isKnown = ({ clientKey, username }: { clientKey: string; username: string | null }) =>
    state.clients.has(clientKey) && (username === null || state.people.has(username))
  const grants = new Map(saved.grants.filter(([, grant]) => isKnown(grant)))
  const hasGrant = ([, { grantId }]: readonly [string, { readonly grantId: string | null }]) =>
    grantId === null || grants.has(grantId)

  fill(state.grants, [...grants])
  fill(
    state.browserSessions,
    saved.browserSessions.filter(([, username]) => state.people.has(username)),
  )
  fill(state.authorizationCodes, saved.authorizationCodes.filter(hasGrant))
  fill(state.accessTokens, saved.accessTokens.filter(hasGrant))
  fill(state.refreshTokens, saved.refreshTokens.filter(hasGrant))
  fill(
    state.requestTokens,
    saved.requestTokens.filter(([, { clientKey }]) => state.clients.has(clientKey)).filter(hasGrant),
  )
  fill(state.oauth1Tokens, saved.oauth1Tokens.filter(hasGrant))
  state.decisions = saved.decisions.filter(isKnown)
}

function fill<Value>(map: Map<string, Value>, entries: readonly (readonly [string, Value])[]): void {
  for (const [key, value] of entries) map.set(key, value)
}

/**
 * null if there is no such file yet. An unwritable folder is an error now, not on exit.
 *
 * @throws StateFileError
 */
export function readStateFile(path: string): SavedState | null {
  let text: string
  try {
    accessSync(dirname(path), constants.W_OK)
  } catch (error) {
    throw new StateFileError(`${path} cannot be written: its folder is missing or closed.`, { cause: error })
  }
  try {
    text = readFileSync(path, "utf8")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null
    throw new StateFileError(`${path} cannot be read.`, { cause: error })
  }
  const parsed = savedStateSchema.safeParse(parseJson(path, text))
  if (!parsed.success)
    throw new StateFileError(`${path} is not a saved state: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new StateFileError(`${path} is not a saved state: it is not JSON.`, { cause: error })
  }
}

/**
 * Writes a file next to the old one, readable by its owner only, and then replaces it: the old file survives a failed
 * write.
 */
export function writeStateFile(path: string, saved: SavedState): void {
  const draft = `${path}.new`
  writeFileSync(draft, `${JSON.stringify(saved)}\n`, { mode: 0o600 })
  renameSync(draft, path)
}
