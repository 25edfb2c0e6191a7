import { mkdirSync, writeFileSync } from "node:fs"
import { setTimeout as delay } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { Clock } from "../clock.ts"
import { REAL_API_URL, REAL_SITE_URL, type Target } from "../fidelity/target.ts"
import { verifyLive } from "../fidelity/verify-live.ts"

/**
 * `npx tsx packages/bitbucket-emulator/scripts/verify-live.ts`: the ledger's observations of real Bitbucket, with your
 * own client.
 */
// biome-ignore lint/style/noProcessEnv: the only reader of the environment in this program
const environment = process.env
const clientId = environment.BITBUCKET_LIVE_CLIENT_ID
const clientSecret = environment.BITBUCKET_LIVE_CLIENT_SECRET

if (clientId && clientSecret) await main(clientId, clientSecret)
else
  console.log("Skipped: set BITBUCKET_LIVE_CLIENT_ID and BITBUCKET_LIVE_CLIENT_SECRET to verify the ledger.")

async function main(clientId: string, clientSecret: string): Promise<void> {
  const target: Target = {
    siteUrl: environment.BITBUCKET_LIVE_SITE_URL || REAL_SITE_URL,
    apiUrl: environment.BITBUCKET_LIVE_API_URL || REAL_API_URL,
    clientId,
    clientSecret,
    refreshToken: environment.BITBUCKET_LIVE_REFRESH_TOKEN || null,
    code: environment.BITBUCKET_LIVE_CODE || null,
    pass: environment.BITBUCKET_LIVE_PATIENCE === "1" ? waitMinutes : null,
  }
  const date = new Clock().date().toISOString().slice(0, 10)
  const results = await verifyLive(target, date)
  const folder =
    environment.BITBUCKET_LIVE_RESULTS || fileURLToPath(new URL("../fidelity/live/", import.meta.url))
  mkdirSync(folder, { recursive: true })
  const file = `${folder.replace(/\/?$/, "/")}${date}.json`
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
  for (const { verdict, name, rows } of results.comparisons) {
    console.log(`${verdict.padEnd(7)}  ${name} (${rows.join(", ")})`)
  }
  console.log(`\nWritten to ${file}. Date the rows that agree in fidelity/rows, and fix those that differ.`)
  if (target.refreshToken) console.log("The exchange has used up the refresh token you gave.")
}

async function waitMinutes(minutes: number): Promise<void> {
  console.log(`Waiting ${minutes} minutes ...`)
  await delay(minutes * 60_000)
}
