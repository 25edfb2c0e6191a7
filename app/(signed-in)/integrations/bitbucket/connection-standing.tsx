import { connectionState } from "@/lib/connections/connection-state"
import type { Connection } from "@/lib/connections/connection-store"
import { ConnectionNotice } from "./connection-notice"
import { ConnectionOverview } from "./connection-overview"
import { Renewal } from "./renewal"

/** How the connection is doing, what there is to do about it, and when it renews itself. */
export function ConnectionStanding({ connection }: { connection: Connection }) {
  const state = connectionState(connection)
  return (
    <>
      <ConnectionNotice connection={connection} state={state} />
      <ConnectionOverview connection={connection} state={state} />
      <Renewal connection={connection} />
    </>
  )
}
