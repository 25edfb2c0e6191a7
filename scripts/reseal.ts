import "./environment-files"
import { issuer } from "../lib/bitbucket/identity"
import { createMaintenanceStore } from "../lib/connections/maintenance-store"
import { resealAll } from "../lib/connections/reseal"
import { db } from "../lib/db/client"
import { environment } from "../lib/env"
import { readFlags, runOnDatabase } from "./command-line"
import { startProgress } from "./progress"

const usage = `Usage: npm run reseal [-- --json]

After a rotation of AUTH_SECRET, seals the tokens of every connection of DATABASE_URL with the new one; AUTH_SECRET_PREVIOUS
opens them. Safe while servers run. May be interrupted and repeated.

  --json   one JSON object: {"resealed", "current", "unreadable"}
  --help   this

Exit codes: 0 every connection opens with AUTH_SECRET; 1 some open with neither secret, so that their people will be asked
to sign in again, or the environment or the database is wrong; 2 wrong usage.`

const { json } = readFlags(usage, ["json"])
await runOnDatabase(json, async () => {
  const store = createMaintenanceStore(db(), issuer())
  const { secrets } = environment()
  const progress = startProgress("Sealing", await store.countSealed())
  const summary = await resealAll(store, secrets, ({ resealed, current, unreadable }) =>
    progress.update(resealed + current + unreadable),
  ).finally(progress.end)
  const { resealed, current, unreadable } = summary
  if (json) console.log(JSON.stringify(summary))
  else
    console.log(
      `${resealed} sealed with the new secret, ${current} already were, ${unreadable} open with neither.`,
    )
  if (!json && unreadable > 0)
    console.log("The people of those that do not open will be asked to sign in again.")
  return unreadable > 0 ? 1 : 0
})
