import { readFile } from "node:fs/promises"
import { eq } from "drizzle-orm"
import { describe, expect, test } from "vitest"
import { createAccountStore } from "@/lib/accounts/account-store"
import { createActivityStore } from "@/lib/accounts/activity"
import { connection, session } from "@/lib/db/schema"
import { connect, grant, uuidOf } from "@/test/connection-server"
import { createTestDatabase } from "@/test/database"
import { formatMetrics } from "./prometheus-text"
import { readStoredMetrics } from "./stored-metrics"

test("the metrics say how many are connected, failing and signed in, and name no one", async () => {
  const { db } = await createTestDatabase()
  const id = await connect(db, grant, uuidOf(1))
  await db.insert(session).values({ idHash: "x", connectionId: id, expiresAt: new Date(Date.now() + 60_000) })
  const dead = await connect(db, grant, uuidOf(2))
  await db
    .update(connection)
    .set({ status: "dead", expiresAt: new Date(0) })
    .where(eq(connection.id, dead))
  const refused = await connect(db, grant, uuidOf(3))
  await db
    .update(connection)
    .set({ failures: 2, lastFailure: "operator_fault" })
    .where(eq(connection.id, refused))
  await db
    .update(connection)
    .set({ issuedAt: new Date(Date.now() - 86_400_000) })
    .where(eq(connection.id, id))
  const store = createAccountStore(db)
  await store.recordAdmissionFailure(id, "not_found", 30)
  await store.recordAdmissionFailure(dead, "forbidden", -6 * 60)
  await createActivityStore(db).record(uuidOf(1), "renewed")

  const text = formatMetrics(await readStoredMetrics(db))
  for (const line of [
    'bitbucket_connections{state="connected"} 2',
    'bitbucket_connections{state="ended"} 1',
    'bitbucket_connections_failing{reason="operator_fault"} 1',
    'bitbucket_connections_failing{reason="no_answer"} 0',
    'bitbucket_admissions_failing{reason="not_found"} 1',
    // No visit for minutes: the fault may have ended.
    'bitbucket_admissions_failing{reason="forbidden"} 0',
    "bitbucket_sessions 1",
    'bitbucket_recent_events{kind="renewed"} 1',
    'bitbucket_recent_events{kind="signed_in"} 0',
  ])
    expect(text.split("\n")).toContain(line)
  const [, age] = /^bitbucket_oldest_refresh_token_seconds (\d+)$/m.exec(text) ?? []
  expect(Number(age)).toBeGreaterThanOrEqual(86_400)
  expect(text).not.toMatch(/00000000-0000|Demo/)
})

test("Prometheus can read the text: a help, a type and samples for each metric, values escaped", () => {
  const samples = [{ labels: { a: 'quote " backslash \\ line\nend' }, value: 1 }, { value: 0.5 }]
  expect(formatMetrics([{ name: "x", help: "What.", samples }])).toBe(
    '# HELP x What.\n# TYPE x gauge\nx{a="quote \\" backslash \\\\ line\\nend"} 1\nx 0.5\n',
  )
})

describe("the alerts and the dashboard", () => {
  test.each([
    ["alerts.yml", /^ +expr: (.+)$/gm],
    ["grafana-dashboard.json", /"expr": "(.+)",$/gm],
  ])("%s uses only metrics and label values that exist", async (file, expression) => {
    const { db } = await createTestDatabase()
    const metrics = await readStoredMetrics(db)
    const names = new Set(["up", ...metrics.map(({ name }) => name)])
    const values = new Set(
      metrics.flatMap(({ samples }) => samples.flatMap(({ labels }) => Object.values(labels ?? {}))),
    )
    const text = await readFile(`docs/operations/${file}`, "utf8")
    const expressions = [...text.matchAll(expression)].map(([, found = ""]) => found.replaceAll('\\"', '"'))
    expect(expressions.length).toBeGreaterThanOrEqual(3)
    for (const asked of expressions) {
      for (const [name] of asked.matchAll(/\bbitbucket_\w+|\bup\b/g)) expect(names).toContain(name)
      for (const [, alternatives = ""] of asked.matchAll(/(?:state|reason|kind)=~?"([^"]+)"/g))
        for (const value of alternatives.split("|")) expect(values).toContain(value)
    }
  })

  test("each alert links to an existing section of the runbooks", async () => {
    const runbooks = await readFile("docs/operations/runbooks.md", "utf8")
    const anchors = [...runbooks.matchAll(/^## (.+)$/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, "")
        .replaceAll(" ", "-"),
    )
    const alerts = [...(await readFile("docs/operations/alerts.yml", "utf8")).matchAll(/^ +runbook: (.+)$/gm)]
    expect(alerts.length).toBeGreaterThanOrEqual(3)
    for (const [, runbook = ""] of alerts) {
      const [page, anchor] = runbook.split("#")
      expect(page).toBe("docs/operations/runbooks.md")
      expect(anchors).toContain(anchor)
    }
  })
})
