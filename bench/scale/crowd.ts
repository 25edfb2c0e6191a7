import { createHash } from "node:crypto"
import type { ControlClient } from "bitbucket-emulator/client"
import type { Client } from "pg"
import { client } from "../../test/bitbucket-grant"
import { nextMessage } from "../refresh/fleet"
import { startProcess } from "./processes"
import type { SealOrder } from "./seal-process"

/** Bitbucket's own have 2,000 to 2,600 characters: a million pairs of those would fill 8 GB. */
export const TOKEN_LENGTH = 86
/** As long as Bitbucket takes for a refresh: long enough that a server is often killed while it waits. */
export const LATENCY_MS = 30
/** The emulator drops the oldest of more than a thousand grants that one user gave to one app. */
const GRANTS_PER_USER = 500
const SEALERS = 2

/** Connections in one Postgres schema, numbered from 0. */
export type Crowd = { schema: string; size: number }

export function accountOf(number: number): string {
  return `{${number.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000}`
}

/** The initial tokens of this connection: the emulator knows the same ones for those that it refreshes. */
export function tokensOf(number: number, runId: string): { accessToken: string; refreshToken: string } {
  const token = (kind: string) =>
    createHash("sha512").update(`${kind} ${number} ${runId}`).digest("base64url")
  return { accessToken: token("access"), refreshToken: token("refresh") }
}

/** Fills a table with connections, whose tokens are sealed for their rows. They are valid for a day. */
export async function addCrowd(
  order: Pick<SealOrder, "databaseUrl" | "secret" | "runId">,
  { schema, size }: Crowd,
): Promise<void> {
  const share = Math.ceil(size / SEALERS)
  const sealers = Array.from({ length: SEALERS }, async (_, index) => {
    const sealer = startProcess("seal-process.ts")
    const done = nextMessage(sealer)
    sealer.send({ ...order, schema, from: index * share, until: Math.min(size, (index + 1) * share) })
    await done
    sealer.kill()
  })
  await Promise.all(sealers)
}

/** Creates the grants of the first connections at Bitbucket, with their initial tokens. */
export async function grantAll(bitbucket: ControlClient, active: number, runId: string): Promise<void> {
  const userOf = (number: number) => `person-${Math.floor(number / GRANTS_PER_USER)}`
  const usernames = new Set(Array.from({ length: active }, (_, number) => userOf(number)))
  await bitbucket.reset({
    people: [...usernames].map((username) => ({ username, password: username })),
    clients: [
      {
        key: client.id,
        secret: client.secret,
        name: "Bench",
        callback_url: "http://localhost",
        scopes: ["account", "email"],
      },
    ],
  })
  await bitbucket.changeConfig({ token_length: TOKEN_LENGTH, latency_ms: LATENCY_MS })
  const now = Date.parse((await bitbucket.readClock()).now)
  const numbers = Array.from({ length: active }, (_, number) => number)
  const grants = numbers.map((number) => {
    const id = grantOf(number)
    const scopes = ["account", "email"]
    return [
      id,
      {
        id,
        clientKey: client.id,
        username: userOf(number),
        scopes,
        flow: "oauth2",
        grantedAtMs: now,
        revokedAtMs: null,
      },
    ]
  })
  const accessTokens = numbers.map((number) => [
    tokensOf(number, runId).accessToken,
    { grantId: grantOf(number), expiresAtMs: now + 7_200_000 },
  ])
  const refreshTokens = numbers.map((number) => [
    tokensOf(number, runId).refreshToken,
    { grantId: grantOf(number), lastUsedAtMs: now, replacedAtMs: null },
  ])
  const empty = {
    browserSessions: [],
    authorizationCodes: [],
    requestTokens: [],
    oauth1Tokens: [],
    decisions: [],
  }
  await bitbucket.writeState({ version: 1, grants, accessTokens, refreshTokens, ...empty })
}

const grantOf = (number: number) => `grant-${number}`

type RefreshTokens = { refreshTokens: [string, { grantId: string }][] }

/** Counts the refresh tokens that Bitbucket issued: one for each refresh, with the id of its grant. */
export async function countRefreshTokens(bitbucket: ControlClient, active: number): Promise<number[]> {
  const { refreshTokens } = (await bitbucket.readState({ secrets: "shown" })) as RefreshTokens
  const counts = new Map<string, number>()
  for (const [, { grantId }] of refreshTokens) counts.set(grantId, (counts.get(grantId) ?? 0) + 1)
  return Array.from({ length: active }, (_, number) => counts.get(grantOf(number)) ?? 0)
}

/** Moves both clocks by two hours: Bitbucket's through its control API, Postgres's by moving back the times of the rows. */
export async function letExpire(
  bitbucket: ControlClient,
  database: Client,
  { schema }: Crowd,
  active: number,
): Promise<void> {
  await bitbucket.advanceClock("2h")
  await database.query(
    `update ${schema}.connection set issued_at = now() - interval '2 hours', expires_at = now()
      where account_uuid < $1`,
    [accountOf(active)],
  )
}
