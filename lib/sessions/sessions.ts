import "server-only"
import { db } from "@/lib/db/client"
import { createSessionStore, type SessionStore } from "./session-store"

let store: SessionStore | undefined

/** The app's sessions, on its own database. */
export function sessions(): SessionStore {
  store ??= createSessionStore(db())
  return store
}
