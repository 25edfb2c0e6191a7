import { subscribe } from "node:diagnostics_channel"
import type { ClientRequest } from "node:http"
import { createRefreshGrant } from "auth-bitbucket/oauth/refresh-grant"
import { Client } from "pg"
import { createAccessTokens } from "@/lib/connections/access-token"
import type { ConnectionStore } from "@/lib/connections/connection-store"
import { connections } from "@/lib/connections/connections"
import { databaseSchema, environment } from "@/lib/env"
import { bitbucketFetch } from "../../lib/server/bitbucket"
import { urlsOf } from "../../lib/server/bitbucket-urls"
import type { HolderDeath } from "./holder-deaths"

const { store } = connections()

/** A server that renews as all do and dies at a given moment: no handler runs, nothing is tidied up. */
process.once("message", async ({ connectionId, death }: { connectionId: string; death: HolderDeath }) => {
  await createDoomedAccessTokens(death).getAccessToken(connectionId)
  process.exit()
})
process.on("disconnect", () => process.exit())
await store.read("00000000-0000-0000-0000-000000000000")
process.send?.("ready")

function createDoomedAccessTokens(death: HolderDeath) {
  const { AUTH_BITBUCKET_ID, AUTH_BITBUCKET_SECRET, secrets } = environment()
  const msIntoRequest = /^(\d+) ms into the request$/.exec(death)?.[1]
  const refresh = createRefreshGrant({
    url: urlsOf().token,
    clientId: AUTH_BITBUCKET_ID,
    clientSecret: AUTH_BITBUCKET_SECRET,
    async fetch(input, init) {
      if (death === "before the request") die()
      // From when the request has left: on a busy machine that is a while after it was made.
      if (msIntoRequest)
        subscribe("http.client.request.start", (message) => {
          const { request } = message as { request: ClientRequest }
          request.once("finish", () => setTimeout(die, Number(msIntoRequest)))
        })
      const response = await bitbucketFetch(input as string, init)
      if (death === "after the answer") die()
      return response
    },
  })
  const doomedStore: ConnectionStore = {
    ...store,
    async commitRefresh(lease, tokens) {
      if (!death.includes("commit")) throw new Error("This server was to die before it had new tokens")
      if (death === "while the commit waits for the row") await lockRow(lease.id)
      const committing = store.commitRefresh(lease, tokens)
      // The row stays locked until this process is gone, so here the commit is on its way and no further.
      if (death !== "after the commit") setTimeout(die, death === "as the commit is sent" ? 0 : 50)
      await committing
      die()
      return null
    },
  }
  return createAccessTokens({ store: doomedStore, refresh, secrets })
}

/** Somebody else's transaction on the same row. It ends with this process. */
async function lockRow(connectionId: string): Promise<void> {
  const client = new Client({ connectionString: environment().DATABASE_URL })
  await client.connect()
  await client.query("begin")
  await client.query(`select 1 from ${databaseSchema()}.connection where id = $1 for update`, [connectionId])
}

function die(): void {
  process.kill(process.pid, "SIGKILL")
}
