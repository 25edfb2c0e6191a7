import { connectionState } from "@/lib/connections/connection-state"
import type { Connection } from "@/lib/connections/connection-store"
import { ConnectionNotice } from "./connection-notice"
import { ConnectionOverview } from "./connection-overview"

/** How the connection is doing, and what there is to do about it. */
export function ConnectionStanding({ connection }: { connection: Connection }) {
  const state = connectionState(connection)
  return (
    <>
      <ConnectionNotice connection={connection} state={state} />
      <ConnectionOverview connection={connection} state={state} />
    </>
  )
}
