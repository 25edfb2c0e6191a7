import { subscribe } from "node:diagnostics_channel"
import type { ClientRequest } from "node:http"
import { type ConnectionStore, type ConnectionsOptions, createConnections } from "auth-bitbucket/connections"
import { Client } from "pg"
import { connectionStore } from "@/lib/accounts/connection"
import { db } from "@/lib/db/client"
import { databaseSchema, environment } from "@/lib/env"
import { bitbucketFetch } from "../../lib/bitbucket/client"
import { urlsOf } from "../../lib/bitbucket/urls"
import type { HolderDeath } from "./holder-deaths"

const store = connectionStore(db())

/** A server that refreshes like any other and dies at a given moment: no handler runs, nothing is cleaned up. */
process.once("message", async ({ accountUuid, death }: { accountUuid: string; death: HolderDeath }) => {
  await createDoomedConnections(death).getToken(accountUuid)
  process.exit()
})
process.on("disconnect", () => process.exit())
await store.read("unknown")
process.send?.("ready")

function createDoomedConnections(death: HolderDeath) {
  const { AUTH_BITBUCKET_ID, AUTH_BITBUCKET_SECRET, secrets } = environment()
  const msIntoRequest = /^(\d+) ms into the request$/.exec(death)?.[1]
  const oauth = {
    url: urlsOf().token,
    clientId: AUTH_BITBUCKET_ID,
    clientSecret: AUTH_BITBUCKET_SECRET,
    async fetch(input: string | URL | Request, init?: RequestInit) {
      if (death === "before the request") die()
      // Counted from when the request leaves: on a busy machine that is a while after its creation.
      if (msIntoRequest)
        subscribe("http.client.request.start", (message) => {
          const { request } = message as { request: ClientRequest }
          request.once("finish", () => setTimeout(die, Number(msIntoRequest)))
        })
      const response = await bitbucketFetch(input as string, init)
      if (death === "after the answer") die()
      return response
    },
  } satisfies ConnectionsOptions["oauth"]
  const doomedStore: ConnectionStore = {
    ...store,
    async commitRefresh(lease, tokens) {
      if (!death.includes("commit")) throw new Error("This server was to die before it had new tokens")
      if (death === "while the commit waits for the row") await lockRow(lease.id)
      const committing = store.commitRefresh(lease, tokens)
      // The row stays locked until this process is gone, so the commit is on its way and no further.
      if (death !== "after the commit") setTimeout(die, death === "as the commit is sent" ? 0 : 50)
      await committing
      die()
      return null
    },
  }
  return createConnections({ store: doomedStore, oauth, secrets })
}

/** Another transaction on the same row. It ends when this process exits. */
async function lockRow(id: string): Promise<void> {
  const client = new Client({ connectionString: environment().DATABASE_URL })
  await client.connect()
  await client.query("begin")
  await client.query(`select 1 from ${databaseSchema()}.connection where id = $1 for update`, [id])
}

function die(): void {
  process.kill(process.pid, "SIGKILL")
}
