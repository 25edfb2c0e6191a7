import { encode } from "@auth/core/jwt"
import { sql } from "drizzle-orm"
import { type Database, openDatabase } from "../../lib/db/client"
import { connection, session } from "../../lib/db/schema"
import { sessionCookieName } from "../../lib/sessions/session-cookie"
import type { Scene } from "./running"

/** The same hash as the session store's, made by Postgres. */
const idHash = sql.raw("translate(rtrim(encode(sha256(('crowd-' || n)::bytea), 'base64'), '='), '+/', '-_')")
const uuid = sql.raw("'{' || lpad(to_hex(n), 8, '0') || '-0000-4000-8000-000000000000}'")

/**
 * Fills the tables with signed-in users: a connection and a session each, with the tokens and the profile of
 * a real one. Their profiles count as just read, so that a view needs only their rows.
 *
 * @param from number of the first, of the last: `to`
 */
export async function addCrowd(databaseUrl: string, from: number, to: number): Promise<void> {
  await patiently(databaseUrl, async (db) => {
    await db.execute(sql`
      insert into ${connection} (account_uuid, sealed_tokens, scopes, issued_at, expires_at, profile, profile_read_at)
      select ${uuid}, one.sealed_tokens, one.scopes, now(), now() + interval '1 day',
             jsonb_set(one.profile, '{account,uuid}', to_jsonb(${uuid})), now() + interval '1 day'
        from generate_series(${from}::int, ${to}::int) n,
             (select * from ${connection} where account_uuid not like '%-0000-4000-8000-000000000000}' limit 1) one`)
    await db.execute(sql`
      insert into ${session} (id_hash, connection_id, expires_at)
      select ${idHash}, connection.id, now() + interval '7 days'
        from generate_series(${from}::int, ${to}::int) n
        join ${connection} as connection on connection.account_uuid = ${uuid}`)
    // Postgres would do this by itself some time later, in the middle of a measurement.
    await db.execute(sql`vacuum analyze ${connection}, ${session}`)
    await db.execute(sql`checkpoint`)
  })
}

/** Removes all trace of them. */
export async function removeCrowd(databaseUrl: string): Promise<void> {
  await patiently(databaseUrl, (db) =>
    db.execute(sql`delete from ${connection} where account_uuid like '%-0000-4000-8000-000000000000}'`),
  )
}

/** For statements that take longer than a page waits. */
async function patiently(databaseUrl: string, work: (db: Database) => Promise<unknown>): Promise<void> {
  const { db, close } = openDatabase(databaseUrl, { maxConnections: 1, statementTimeoutMs: 600_000 })
  await work(db).finally(close)
}

/** The `Cookie` headers of some of them, spread over all. */
export async function crowdCookies({ environment }: Scene, people: number, count: number): Promise<string[]> {
  const numbers = Array.from({ length: count }, (_, index) => 1 + Math.floor((index * people) / count))
  return Promise.all(
    numbers.map(async (n) => {
      const sub = `{${n.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000}`
      const name = sessionCookieName()
      const token = { sub, sid: `crowd-${n}` }
      const value = await encode({ token, secret: environment.AUTH_SECRET ?? "", salt: name, maxAge: 86_400 })
      return `${name}=${value}`
    }),
  )
}
