import { sealTokens } from "auth-bitbucket/connections/sealed-tokens"
import { Client } from "pg"
import { accountOf, tokensOf } from "./crowd"

export type SealOrder = {
  databaseUrl: string
  schema: string
  secret: string
  runId: string
  /** The numbers of the connections: the first, and the one after the last. */
  from: number
  until: number
}

const BATCH = 2_000

/** Seals the tokens of a part of the connections and stores them. */
process.once("message", async ({ databaseUrl, schema, secret, runId, from, until }: SealOrder) => {
  const database = new Client({ connectionString: databaseUrl })
  await database.connect()
  for (let start = from; start < until; start += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, until - start) }, (_, index) => start + index)
    const accounts = numbers.map(accountOf)
    const sealed = await Promise.all(
      numbers.map((number) => sealTokens(tokensOf(number, runId), accountOf(number), [secret])),
    )
    await database.query(
      `insert into ${schema}.connection (account_uuid, sealed_tokens, scopes, issued_at, expires_at)
       select account, sealed, '{account,email}', now(), now() + interval '1 day'
         from unnest($1::text[], $2::text[]) as one (account, sealed)`,
      [accounts, sealed],
    )
  }
  await database.end()
  process.send?.("done")
})
process.on("disconnect", () => process.exit())
