import { sql } from "drizzle-orm"
import { Client } from "pg"
import { expect, onTestFinished, test } from "vitest"
import { createTestDatabaseUrl } from "@/test/database"
import { openDatabase } from "./client"

const CONTEXT = Symbol.for("@vercel/request-context")

test("a function stays awake no longer than it may run", async () => {
  const awakeFor: Promise<unknown>[] = []
  const host = globalThis as { [CONTEXT]?: unknown }
  const deadline = new Date(Date.now() + 1_500).toISOString()
  host[CONTEXT] = {
    get: () => ({ deadline, waitUntil: (promise: Promise<unknown>) => awakeFor.push(promise) }),
  }
  onTestFinished(() => {
    delete host[CONTEXT]
  })
  const { db, close } = openDatabase(await createTestDatabaseUrl())
  onTestFinished(close)
  await db.execute(sql`select 1`)
  await Promise.all(awakeFor)
  expect(awakeFor).toHaveLength(1)
  expect(Date.now()).toBeLessThan(new Date(deadline).getTime())
})

test("a function stays awake until its connections are closed, and sleeps then", async () => {
  const url = await createTestDatabaseUrl()
  const awakeFor: Promise<unknown>[] = []
  const host = globalThis as { [CONTEXT]?: unknown }
  host[CONTEXT] = { get: () => ({ waitUntil: (promise: Promise<unknown>) => awakeFor.push(promise) }) }
  onTestFinished(() => {
    delete host[CONTEXT]
  })
  const { db, close } = openDatabase(url)
  onTestFinished(close)
  await Promise.all([db.execute(sql`select 1`), db.execute(sql`select 1`)])
  await db.execute(sql`select 1`)

  expect(awakeFor.length).toBeGreaterThan(0)
  await Promise.all(awakeFor)
  const observer = new Client(url)
  await observer.connect()
  onTestFinished(() => observer.end())
  const { rows } = await observer.query(
    "select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
  )
  expect(rows).toEqual([])
})
