import { sql } from "drizzle-orm"
import { connections } from "@/lib/connections/connections"
import { db } from "@/lib/db/client"
import { isDraining } from "@/lib/draining"
import { reportFailure } from "@/lib/failure-report"

/**
 * 200 where the database answers, Bitbucket has not refused this deployment's client within five minutes and this
 * server is not about to end; else 503. Says nothing more, since anybody may ask: the log does.
 */
export async function GET(): Promise<Response> {
  const isHealthy = !isDraining() && !connections().clientHealth.isRefused() && (await databaseAnswers())
  return Response.json(
    { status: isHealthy ? "ok" : "unavailable" },
    { status: isHealthy ? 200 : 503, headers: { "cache-control": "no-store" } },
  )
}

function databaseAnswers(): Promise<boolean> {
  return db()
    .execute(sql`select 1`)
    .then(
      () => true,
      (error) => {
        reportFailure("database_not_ready", error)
        return false
      },
    )
}
