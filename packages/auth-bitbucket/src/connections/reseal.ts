import { UnsealError, type Vault } from "./sealed-tokens.ts"
import type { ConnectionStore, SealedRow } from "./store.ts"

const BATCH_SIZE = 200

export type ResealSummary = {
  resealed: number
  /** Already sealed with the current secret, or refreshed in the meantime. */
  current: number
  /** None of the secrets opens these: their users will have to sign in. */
  unreadable: number
}

/**
 * Seals every connection's tokens with the current secret, so that you can discard the previous one. Safe to run
 * alongside servers, to interrupt and to repeat.
 */
export async function resealAll(
  store: Pick<ConnectionStore, "listSealed" | "replaceSealed">,
  vault: Vault,
  onProgress: (summary: ResealSummary) => void = () => undefined,
): Promise<ResealSummary> {
  const summary: ResealSummary = { resealed: 0, current: 0, unreadable: 0 }
  let lastId: string | undefined
  do {
    const batch = await store.listSealed(BATCH_SIZE, lastId)
    for (const row of batch) summary[await reseal(store, row, vault)]++
    onProgress(summary)
    lastId = batch.length === BATCH_SIZE ? batch.at(-1)?.id : undefined
  } while (lastId)
  return summary
}

async function reseal(
  store: Pick<ConnectionStore, "replaceSealed">,
  row: SealedRow,
  vault: Vault,
): Promise<keyof ResealSummary> {
  if (vault.isCurrent(row.sealedTokens)) return "current"
  try {
    const resealed = await vault.seal(await vault.open(row), row.account)
    return (await store.replaceSealed(row, resealed)) ? "resealed" : "current"
  } catch (error) {
    if (error instanceof UnsealError) return "unreadable"
    throw error
  }
}
