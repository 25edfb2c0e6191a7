import { connectionState } from "auth-bitbucket/connections"
import type { Connection } from "@/lib/accounts/connection"
import { orErrorPage } from "@/lib/sessions/error-page"
import { checkedConnection } from "./checked-connection"
import { ConnectionNotice } from "./connection-notice"
import { ConnectionOverview } from "./connection-overview"

type Props = { connection: Connection }

/** The state of the connection, and what the user can do about it. */
export function ConnectionStatus({ connection }: Props) {
  const state = connectionState(connection)
  return (
    <>
      <ConnectionNotice connection={connection} state={state} />
      <ConnectionOverview connection={connection} state={state} />
    </>
  )
}

/** The same, once Bitbucket has answered. Each view asks it: "Connected" must be true now, not only in the database. */
export async function CheckedConnectionStatus({ connection }: Props) {
  const checked = await orErrorPage("/integrations/bitbucket", checkedConnection(connection))
  return <ConnectionStatus connection={checked} />
}
