import { createConnections } from "auth-bitbucket/connections"
import { createPostgresStore } from "auth-bitbucket/postgres"
import { Pool } from "pg"
import { startTemporaryPostgres } from "../scripts/embedded-postgres"

/** What does a warm `getToken` cost compared with a bare `select` of the same row, over the same socket in the same run? */
const WARM_UP = 500
const ROUNDS = 3_000
const account = "{11111111-2222-4333-8444-555555555555}"
const goals = { p50: 1.5, p99: 2 }

const postgres = await startTemporaryPostgres("get-token-")
const pool = new Pool({ connectionString: postgres.url, max: 1 })
// Postgres stops before it has read that the pool has ended.
pool.on("error", () => undefined)
const store = createPostgresStore({ query: (text, values) => pool.query(text, values) })
await store.migrate()
const { save, getToken } = createConnections({
  store,
  secrets: ["a-secret-of-thirty-two-characters"],
  oauth: () => Promise.reject(new Error("Nothing is due")),
})
// Bitbucket's access tokens of today are about this long.
const token = "t".repeat(2_600)
await save({ access_token: token, refresh_token: token, expires_in: 7_200, scopes: "account email" }, account)

const select = () => pool.query("select * from auth_bitbucket.connection where account_uuid = $1", [account])
const [bare, warm]: [number[], number[]] = [[], []]
for (let round = -WARM_UP; round < ROUNDS; round++) {
  // Alternates, so that any drift affects both.
  const [selectMs, tokenMs] = [await time(select), await time(() => getToken(account))]
  if (round < 0) continue
  bare.push(selectMs)
  warm.push(tokenMs)
}
await pool.end()
await postgres.stop()

let isSlow = false
for (const [name, share] of [
  ["p50", 0.5],
  ["p99", 0.99],
] as const) {
  const [selectMs, tokenMs] = [quantile(bare, share), quantile(warm, share)]
  const ratio = tokenMs / selectMs
  isSlow ||= ratio > goals[name]
  console.log(
    `${name}: select ${selectMs.toFixed(3)} ms, getToken ${tokenMs.toFixed(3)} ms, ratio ${ratio.toFixed(2)} (goal ≤ ${goals[name]})`,
  )
}
process.exit(isSlow ? 1 : 0)

async function time(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await run()
  return performance.now() - startedAt
}

function quantile(times: number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? Number.NaN
}
