import { setTimeout as wait } from "node:timers/promises"
import { Client } from "pg"
import type { TemporaryPostgres } from "../scripts/embedded-postgres"
import type { DatabaseProxy } from "./database-proxy"

export { startTemporaryPostgres, type TemporaryPostgres } from "../scripts/embedded-postgres"

/** Where a fault happens: a Postgres, and the ways of the servers to it. */
export type FaultyDatabase = {
  postgres: Pick<TemporaryPostgres, "url" | "superuserUrl" | "shutDown" | "startAgain">
  proxies: readonly DatabaseProxy[]
}

type End = () => Promise<void>

const SCHEMA = "auth_bitbucket"
/** The statement that stores the tokens of a refresh: outside a transaction, it is its own COMMIT. */
const STORES_TOKENS = /update [^\0]*connection set\s+sealed_tokens/
const LONGEST_WAIT_FOR_RESET_MS = 20_000
const nothing: End = async () => undefined

/** What goes wrong between the app and its database. Each begins a fault, and returns what ends it. */
export const databaseFaults = {
  "connections that fall silent": async ({ proxies }) => {
    for (const proxy of proxies) proxy.silence()
    return nothing
  },
  "a network that passes nothing": async ({ proxies }) => {
    for (const proxy of proxies) {
      proxy.silence()
      proxy.delayConnections()
    }
    return async () => {
      for (const proxy of proxies) {
        proxy.delayConnections(0)
        proxy.disconnect()
      }
    }
  },
  "a reset before the COMMIT": async ({ proxies }) => {
    return resetOnce(proxies, "before")
  },
  "a reset after the COMMIT": async ({ proxies }) => {
    return resetOnce(proxies, "after")
  },
  "a failover that leaves a read-only replica": async ({ postgres }) => {
    const database = new URL(postgres.url).pathname.slice(1)
    await asSuperuser(
      postgres,
      `alter database ${database} set default_transaction_read_only = on;
       select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`,
    )
    // The connections opened meanwhile stay read-only, as those to a former primary do.
    return () => asSuperuser(postgres, `alter database ${database} reset default_transaction_read_only`)
  },
  "a restart of Postgres": async ({ postgres }) => {
    await postgres.shutDown()
    return postgres.startAgain
  },
  "a database that sleeps and takes 6 s to wake": async ({ proxies }) => {
    for (const proxy of proxies) {
      proxy.disconnect()
      proxy.delayConnections(6_000)
    }
    return async () => {
      for (const proxy of proxies) proxy.delayConnections(0)
    }
  },
  "a full disk": async ({ postgres }) => {
    await asSuperuser(
      postgres,
      `create function ${SCHEMA}.disk_full() returns trigger language plpgsql as
         $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$;
       create trigger disk_full before insert or update on ${SCHEMA}.connection
         for each statement execute function ${SCHEMA}.disk_full();
       create trigger disk_full before insert or update on ${SCHEMA}.session
         for each statement execute function ${SCHEMA}.disk_full()`,
    )
    return () => asSuperuser(postgres, `drop function ${SCHEMA}.disk_full() cascade`)
  },
} satisfies Record<string, (place: FaultyDatabase) => Promise<End>>

export type DatabaseFault = keyof typeof databaseFaults

/** @returns what waits until the connection has been reset, of whichever server it was */
function resetOnce(proxies: readonly DatabaseProxy[], when: "before" | "after"): End {
  const resets = proxies.map((proxy) => proxy.resetOnce(when, STORES_TOKENS))
  return async () => {
    const tooLate = wait(LONGEST_WAIT_FOR_RESET_MS, null, { ref: false }).then(() => {
      throw new Error(`No connection was reset ${when} the COMMIT: no refresh stored its tokens`)
    })
    await Promise.race([...resets, tooLate])
  }
}

async function asSuperuser({ url, superuserUrl }: FaultyDatabase["postgres"], text: string): Promise<void> {
  const address = new URL(superuserUrl)
  address.pathname = new URL(url).pathname
  const client = new Client({
    connectionString: address.href,
    options: "-c default_transaction_read_only=off",
  })
  await client.connect()
  await client.query(text).finally(() => client.end())
}
