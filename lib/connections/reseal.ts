import type { MaintenanceStore, SealedRow } from "./maintenance-store"
import { isSealedWith, sealTokens, UnsealError, unsealTokens } from "./sealed-tokens"

const BATCH_SIZE = 200

export type ResealSummary = {
  resealed: number
  /** Sealed with the current secret already, or renewed while we looked. */
  current: number
  /** Open with none of the secrets: their people will be asked to sign in again. */
  unreadable: number
}

/**
 * Seals every connection's tokens with the current secret, so that the previous one can be forgotten. Safe
 * while servers run, and to interrupt and repeat.
 *
 * @param secrets the current one, then those that may have sealed before
 */
export async function resealAll(
  store: Pick<MaintenanceStore, "listSealed" | "replaceSealed">,
  secrets: readonly [string, ...string[]],
  onProgress: (summary: ResealSummary) => void = () => undefined,
): Promise<ResealSummary> {
  const summary: ResealSummary = { resealed: 0, current: 0, unreadable: 0 }
  let lastId: string | undefined
  do {
    const batch = await store.listSealed(BATCH_SIZE, lastId)
    for (const row of batch) summary[await reseal(store, row, secrets)]++
    onProgress(summary)
    lastId = batch.length === BATCH_SIZE ? batch.at(-1)?.id : undefined
  } while (lastId)
  return summary
}

async function reseal(
  store: Pick<MaintenanceStore, "replaceSealed">,
  row: SealedRow,
  secrets: readonly [string, ...string[]],
): Promise<keyof ResealSummary> {
  if (isSealedWith(row.sealedTokens, secrets[0])) return "current"
  try {
    const tokens = await unsealTokens(row.sealedTokens, row.accountUuid, secrets)
    const resealed = await sealTokens(tokens, row.accountUuid, secrets)
    return (await store.replaceSealed(row, resealed)) ? "resealed" : "current"
  } catch (error) {
    if (error instanceof UnsealError) return "unreadable"
    throw error
  }
}
