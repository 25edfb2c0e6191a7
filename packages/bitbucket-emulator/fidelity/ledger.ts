import type { LedgerRow } from "./ledger-row.ts"
import { apiRows } from "./rows/api.ts"
import { authorizationRows } from "./rows/authorization.ts"
import { contractRows } from "./rows/contracts.ts"
import { dataCenterRows } from "./rows/datacenter.ts"
import { emulatorRows } from "./rows/emulator.ts"
import { oauth1Rows } from "./rows/oauth1.ts"
import { resourceRows } from "./rows/resources.ts"
import { tokenRows } from "./rows/token.ts"

/** The rows of one subject, as the README shows them. */
export interface LedgerArea {
  readonly title: string
  readonly rows: readonly LedgerRow[]
}

/** Every behaviour with its evidence. If there is none, the row says `assumed`. */
export const ledgerAreas: readonly LedgerArea[] = [
  { title: "Contracts", rows: contractRows },
  { title: "Authorization request", rows: authorizationRows },
  { title: "Token endpoint", rows: tokenRows },
  { title: "Every call of the API", rows: apiRows },
  { title: "Resources", rows: resourceRows },
  { title: "OAuth 1.0a", rows: oauth1Rows },
  { title: "Data Center", rows: dataCenterRows },
  { title: "The emulator's own", rows: emulatorRows },
]

export const ledger: readonly LedgerRow[] = ledgerAreas.flatMap(({ rows }) => rows)
