import { sql } from "drizzle-orm"
import { db } from "@/lib/db/client"

/** 200 where the database answers, else 503. Says nothing more: anybody may ask. */
export async function GET(): Promise<Response> {
  const isHealthy = await db()
    .execute(sql`select 1`)
    .then(
      () => true,
      () => false,
    )
  return Response.json(
    { status: isHealthy ? "ok" : "unavailable" },
    { status: isHealthy ? 200 : 503, headers: { "cache-control": "no-store" } },
  )
}
