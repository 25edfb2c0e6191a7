import type { Connection } from "@/lib/connections/connection-store"
import { fromRecords } from "@/lib/sessions/records"
import { checkedConnection } from "./checked-connection"
import { ConnectionStanding } from "./connection-standing"

/**
 * The connection after Bitbucket has been asked, at each view, however long a profile is kept: "Connected"
 * is said of what works, not of what should.
 */
export async function CheckedStanding({ connection }: { connection: Connection }) {
  const checked = await fromRecords("/integrations/bitbucket", checkedConnection(connection))
  return <ConnectionStanding connection={checked} />
}
