import { randomUUID } from "node:crypto"
import { and, eq, lte, sql } from "drizzle-orm"
import type { Database } from "./client"
import { taskLease } from "./schema"

export type TaskLease = {
  /** Records that the work goes on. @returns false if another runner has taken over: the work must stop */
  extend: () => Promise<boolean>
  release: () => Promise<void>
}

/**
 * Takes a task for one runner among all servers: compare-and-set on a row, so that it works through a pooler
 * and nothing is held open while the work goes on. A runner that dies keeps it until the lease ends.
 *
 * @returns null if another runner has it
 */
export async function takeTask(db: Database, name: string, leaseSeconds: number): Promise<TaskLease | null> {
  const owner = randomUUID()
  const leaseUntil = sql`now() + make_interval(secs => ${leaseSeconds})`
  const isMine = and(eq(taskLease.name, name), eq(taskLease.owner, owner))
  const taken = await db
    .insert(taskLease)
    .values({ name, owner, leaseUntil })
    .onConflictDoUpdate({
      target: taskLease.name,
      set: { owner, leaseUntil },
      setWhere: lte(taskLease.leaseUntil, sql`now()`),
    })
    .returning({ name: taskLease.name })
  if (taken.length === 0) return null

  return {
    async extend() {
      const rows = await db
        .update(taskLease)
        .set({ leaseUntil })
        .where(isMine)
        .returning({ name: taskLease.name })
      return rows.length > 0
    },
    async release() {
      await db.delete(taskLease).where(isMine)
    },
  }
}
