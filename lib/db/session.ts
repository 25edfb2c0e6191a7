import { type NodePgClient, NodePgDatabase, NodePgSession } from "drizzle-orm/node-postgres"
import { PgDialect, type PgPreparedQuery, type PreparedQueryConfig } from "drizzle-orm/pg-core"
import { isDatabaseError } from "./errors"

type NoTables = Record<string, never>
type Base = NodePgSession<NoTables, NoTables>

/** Drizzle's session, but its statements throw their client's error: Drizzle's own contains the statement and its values. */
class Session extends NodePgSession<NoTables, NoTables> {
  override prepareQuery<Config extends PreparedQueryConfig>(
    ...given: Parameters<Base["prepareQuery"]>
  ): PgPreparedQuery<Config> {
    const prepared = super.prepareQuery<Config>(...given)
    const execute = prepared.execute.bind(prepared)
    prepared.execute = async (values) => {
      try {
        return await execute(values)
      } catch (error) {
        throw unwrapped(error)
      }
    }
    return prepared
  }
}

function unwrapped(error: unknown): unknown {
  const isWrapped = error instanceof Error && isDatabaseError(error.cause)
  return isWrapped ? error.cause : error
}

/** Drizzle on what runs its statements: a pool, or one connection. */
export function drizzleOn(client: NodePgClient): NodePgDatabase {
  const dialect = new PgDialect()
  return new NodePgDatabase(dialect, new Session(client, dialect, undefined), undefined)
}
