import "server-only"
import { db } from "@/lib/db/client"
import { tracedStore } from "@/lib/server/telemetry/traced-store"
import { createSessionStore, type SessionStore } from "./session-store"

let store: SessionStore | undefined

/** The app's sessions, on its own database. */
export function sessions(): SessionStore {
  store ??= tracedStore("session", createSessionStore(db()))
  return store
}
