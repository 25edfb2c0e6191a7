import type { Connection } from "@/lib/connections/connection-store"
import { connections } from "@/lib/connections/connections"
import { getCurrentProfile } from "@/lib/connections/current-profile"
import { ConnectionError } from "@/lib/connections/errors"
import { ConnectionStanding } from "./connection-standing"

/**
 * The connection after Bitbucket has been asked, at each view, however long a profile is kept: "Connected"
 * is said of what works, not of what should.
 */
export async function CheckedStanding({ connection }: { connection: Connection }) {
  return <ConnectionStanding connection={await check(connection)} />
}

async function check(connection: Connection): Promise<Connection> {
  if (connection.status === "dead") return connection
  try {
    const { profile, version } = await getCurrentProfile(connection)
    if (version === connection.version) return { ...connection, profile }
    const current = await connections().store.read(connection.id)
    return current ? { ...current, profile } : { ...connection, status: "dead" }
  } catch (error) {
    if (error instanceof ConnectionError) return { ...connection, status: "dead", remainingSeconds: 0 }
    throw error
  }
}
