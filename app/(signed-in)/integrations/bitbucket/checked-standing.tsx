import type { Connection } from "@/lib/connections/connection-store"
import { checkedConnection } from "./checked-connection"
import { ConnectionStanding } from "./connection-standing"

/**
 * The connection after Bitbucket has been asked, at each view, however long a profile is kept: "Connected"
 * is said of what works, not of what should.
 */
export async function CheckedStanding({ connection }: { connection: Connection }) {
  return <ConnectionStanding connection={await checkedConnection(connection)} />
}
