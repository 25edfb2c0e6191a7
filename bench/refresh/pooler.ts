import { startPgBouncer } from "../../scripts/pgbouncer"
import { ensurePrograms } from "../../scripts/system-programs"
import { createFleet } from "./fleet"
import type { Outcome } from "./outcome"
import type { Stage } from "./stage"
import { stopAtEnd } from "./started"

type Scenario = (stage: Stage) => Promise<Outcome>

/** The same scenario with a PgBouncer in transaction mode between the servers and Postgres. */
export function throughPooler(scenario: Scenario): Scenario {
  return async (stage) => {
    await ensurePrograms()
    const pgbouncer = await startPgBouncer(stage.databaseUrl)
    stopAtEnd(pgbouncer.stop)
    const environment = { ...stage.environment, DATABASE_URL: pgbouncer.pooled(stage.databaseUrl) }
    const servers = createFleet(environment)
    const outcome = await scenario({ ...stage, environment, servers })
    await servers(0)
    await pgbouncer.stop()
    return { ...outcome, scenario: `Through PgBouncer: ${outcome.scenario}` }
  }
}
