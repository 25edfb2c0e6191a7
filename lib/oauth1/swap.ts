import { tokenResponseSchema } from "auth-bitbucket/oauth/token-set"
import { and, eq, gt, sql } from "drizzle-orm"
import { CLOUD_ISSUER } from "@/lib/bitbucket/identity"
import { sealTokens, unsealTokens } from "@/lib/connections/sealed-tokens"
import type { Database } from "@/lib/db/client"
import { connection } from "@/lib/db/schema"

const BATCH_SIZE = 100

/** Of a Data Center nothing can be exchanged here. */
const ofCloud = eq(connection.issuer, CLOUD_ISSUER)

type Dependencies = {
  db: Database
  /** The first seals, all open. */
  secrets: readonly [string, ...string[]]
  endpoint: { url: string; clientId: string; clientSecret: string; fetch: typeof fetch }
}

/** Why a connection stays as it is. */
export type SwapRefusal =
  /** The server knows no such exchange; no further connection is tried. */
  | "not_offered"
  /** Bitbucket does not accept this token (any more): the person has to sign in. */
  | "token_refused"
  | "no_answer"
  | "tokens_unreadable"
  /** The person has signed in meanwhile. */
  | "changed_meanwhile"

export type SwapReport = { swapped: number; left: { account: string; reason: SwapRefusal }[] }

/**
 * Exchanges stored tokens of OAuth 1.0a for those of OAuth 2.0, as Bitbucket's staff showed in 2019
 * (https://community.developer.atlassian.com/t/28610). Safe while servers run, and to interrupt and repeat.
 */
export async function swapAll(dependencies: Dependencies): Promise<SwapReport> {
  const { db } = dependencies
  const report: SwapReport = { swapped: 0, left: [] }
  let lastId: string | undefined
  do {
    const batch = await db
      .select()
      .from(connection)
      .where(
        and(
          ofCloud,
          eq(connection.kind, "oauth1"),
          lastId === undefined ? undefined : gt(connection.id, lastId),
        ),
      )
      .orderBy(connection.id)
      .limit(BATCH_SIZE)
    for (const row of batch) {
      const isOffered = report.left.at(-1)?.reason !== "not_offered"
      const reason = isOffered ? await swap(dependencies, row) : "not_offered"
      if (reason === null) report.swapped++
      else report.left.push({ account: row.accountUuid, reason })
    }
    lastId = batch.length === BATCH_SIZE ? batch.at(-1)?.id : undefined
  } while (lastId)
  return report
}

/** @returns null where the connection is one of OAuth 2.0 now */
async function swap(
  { db, secrets, endpoint }: Dependencies,
  row: typeof connection.$inferSelect,
): Promise<SwapRefusal | null> {
  const old = await unsealTokens(row.sealedTokens, row.accountUuid, secrets).catch(() => null)
  if (!old) return "tokens_unreadable"
  const answer = await ask(endpoint, old.accessToken)
  if (typeof answer === "string") return answer

  const { accessToken, refreshToken, lifetimeSeconds, scopes } = answer
  const tokens = { accessToken, refreshToken: refreshToken ?? "" }
  const changed = await db
    .update(connection)
    .set({
      kind: "oauth2",
      status: "active",
      sealedTokens: await sealTokens(tokens, row.accountUuid, secrets),
      scopes: scopes ?? row.scopes,
      issuedAt: sql`now()`,
      expiresAt: sql`now() + make_interval(secs => ${lifetimeSeconds})`,
      version: sql`${connection.version} + 1`,
    })
    .where(and(eq(connection.id, row.id), eq(connection.version, row.version)))
    .returning({ id: connection.id })
  return changed.length > 0 ? null : "changed_meanwhile"
}

async function ask({ url, clientId, clientSecret, fetch }: Dependencies["endpoint"], oauth1Token: string) {
  const body = new URLSearchParams({
    grant_type: "urn:bitbucket:oauth1:access_token",
    client_id: clientId,
    client_secret: clientSecret,
    oauth1_access_token: oauth1Token,
  })
  const response = await fetch(url, { method: "POST", body }).catch(() => null)
  if (!response || response.status >= 500 || response.status === 429) return "no_answer"
  const reply: unknown = await response.json().catch(() => undefined)
  const tokens = tokenResponseSchema.safeParse(reply)
  if (response.status === 200 && tokens.success) return tokens.data
  const isKnown = !/unsupported.grant.type/i.test(JSON.stringify(reply ?? "unsupported grant type"))
  return isKnown ? "token_refused" : "not_offered"
}
