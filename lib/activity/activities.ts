import "server-only"
import { db } from "@/lib/db/client"
import { createActivityStore } from "./activity-store"

let store: ReturnType<typeof createActivityStore> | undefined

/** What happened in this app, in its own database. */
export function activities(): ReturnType<typeof createActivityStore> {
  store ??= createActivityStore(db())
  return store
}
