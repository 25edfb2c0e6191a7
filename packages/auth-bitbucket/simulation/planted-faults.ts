import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import path from "node:path"
import { pathToFileURL } from "node:url"
import type { Library } from "./run-schedule.ts"

/** A mistake that a developer could make, as a change to one place in one file of `src/connections/`. */
export type PlantedFault = { name: string; file: string; find: string; replace: string }

/**
 * A simulation that finds none of these proves nothing. Those of `memory-store.ts` are mistakes of a store: the contract
 * holds the store of Postgres to the same rules.
 */
export const plantedFaults: PlantedFault[] = [
  {
    name: "two servers get the lease of one version",
    file: "memory-store.ts",
    find: "const isFree = row && (row.lease === null || row.lease.until <= now())",
    replace: "const isFree = row !== undefined",
  },
  {
    name: "the lease of a dead server never ends",
    file: "memory-store.ts",
    find: "const isFree = row && (row.lease === null || row.lease.until <= now())",
    replace: "const isFree = row && row.lease === null",
  },
  {
    name: "the lease ends before the request does",
    file: "connections.ts",
    find: "const LEASE_SECONDS = 15",
    replace: "const LEASE_SECONDS = 1",
  },
  {
    name: "new tokens are stored without a fence",
    file: "memory-store.ts",
    find: "async commitRefresh(lease, tokens) {\n      const row = held(lease)",
    replace:
      "async commitRefresh(lease, tokens) {\n      const row = [...rows.values()].find(({ id }) => id === lease.id)",
  },
  {
    name: "new tokens bring back a connection that the user has deleted",
    file: "memory-store.ts",
    find: "async delete(account, only) {\n      const row = rows.get(account)",
    replace:
      "async delete(account, only) {\n      const row = rows.get(account)\n      if (row?.lease && !only) process.nextTick(() => rows.set(account, row))",
  },
  {
    name: "signing in does not fence off a refresh in progress",
    file: "memory-store.ts",
    find: 'version: (known?.version ?? 0) + 1,\n        status: "active",\n        refreshedAt: null,\n        ...fresh(tokens),',
    replace:
      'version: known?.version ?? 1,\n        status: "active",\n        refreshedAt: null,\n        ...fresh(tokens),\n        lease: known?.lease ?? null,',
  },
  {
    name: "the end of a connection is written without a fence",
    file: "memory-store.ts",
    find: "async end(lease, reason) {\n      const row = held(lease)",
    replace:
      "async end(lease, reason) {\n      const row = [...rows.values()].find(({ id }) => id === lease.id)",
  },
  {
    name: "the pause after a failure is not kept",
    file: "memory-store.ts",
    find: "const mayAsk = row && (row.retryAt === null || row.retryAt.getTime() <= now())",
    replace: "const mayAsk = row !== undefined",
  },
  {
    name: "a refused token expires its successor as well",
    file: "memory-store.ts",
    find: "async expireAccessToken(id, version) {\n      const row = find(id, version)",
    replace:
      "async expireAccessToken(id, version) {\n      const row = version > 0 ? [...rows.values()].find((one) => one.id === id) : undefined",
  },
  {
    name: "the server's clock decides in place of the database's",
    file: "connections.ts",
    find: 'const connection = typeof of === "string" ? await read(of) : of',
    replace:
      'const found = typeof of === "string" ? await read(of) : of\n    const connection = found && { ...found, remainingSeconds: (found.expiresAt.getTime() - clock.now()) / 1_000 }',
  },
  {
    name: "new tokens are used before they are stored",
    file: "refresh.ts",
    find: "const refreshed = await storeTokens(connection, lease, outcome.tokens, refreshToken, startedAt)",
    replace:
      'const storing = storeTokens(connection, lease, outcome.tokens, refreshToken, startedAt)\n    storing.catch(() => undefined)\n    const sealedTokens = await vault.seal({ ...outcome.tokens, refreshToken: "" }, account)\n    if (outcome.ok) return { ...connection, sealedTokens, version: connection.version + 1, remainingSeconds: 7_200 }\n    const refreshed = await storing',
  },
  {
    name: "a commit that failed once is given up",
    file: "refresh.ts",
    find: "const isWorthIt = store.isUnreachable(cause) && clock.elapsed() < giveUpAt",
    replace:
      "throw cause\n        const isWorthIt = store.isUnreachable(cause) && clock.elapsed() < giveUpAt",
  },
  {
    name: "the token's age while it was not stored is forgotten",
    file: "refresh.ts",
    find: "const ageSeconds = (clock.elapsed() - askedAt) / 1_000",
    replace: "const ageSeconds = 0",
  },
  {
    name: "the old refresh token is kept",
    file: "refresh.ts",
    find: "refreshToken: fresh.refreshToken ?? oldRefreshToken }",
    replace: "refreshToken: oldRefreshToken }",
  },
  {
    name: "a lost reply ends the connection",
    file: "refresh.ts",
    find: 'if (meaning === "dead_grant") return',
    replace: 'if (meaning === "dead_grant" || failure.kind === "no_answer") return',
  },
  {
    name: "a refusal without a reason ends the connection",
    file: "refresh.ts",
    find: 'if (meaning === "dead_grant") return',
    replace: 'if (meaning === "dead_grant" || meaning === "unexplained_refusal") return',
  },
  {
    name: "the retry after a lost reply waits longer than Bitbucket's grace",
    file: "refresh.ts",
    find: "retryAfterSeconds }, random)",
    replace: 'retryAfterSeconds: failure.kind === "no_answer" ? 660 : retryAfterSeconds }, random)',
  },
  {
    name: "a refresh without a known outcome is forgotten while the token is valid",
    file: "connections.ts",
    find: "return remainingSeconds <= windowSeconds || failures > 0 || isRefreshPending",
    replace: "return remainingSeconds <= windowSeconds || (failures < 0 && isRefreshPending)",
  },
  {
    name: "the refresh has no deadline",
    file: "refresh.ts",
    find: "const TIME_BUDGET_MS = 5_200",
    replace: "const TIME_BUDGET_MS = 60_000",
  },
  {
    name: "a caller waits as long as the database takes no tokens",
    file: "connections.ts",
    find: "const LONGEST_REFRESH_WAIT_MS = 12_000",
    replace: "const LONGEST_REFRESH_WAIT_MS = 60_000",
  },
  {
    name: "a pause keeps the valid token from its callers",
    file: "connections.ts",
    find: "if (isValid) return connection\n      throw unavailable",
    replace: "throw unavailable",
  },
  {
    name: "the refused token is handed back to the caller that reported it",
    file: "connections.ts",
    find: "if (connection.remainingSeconds <= 0 && isSame) throw unavailable(1)",
    replace: "if (connection.version < 0 && isSame) throw unavailable(1)",
  },
  {
    name: "an attempt that lost its lease serves the tokens that it could not store",
    file: "refresh.ts",
    find: 'return adopt(connection, lease)\n    }\n    await tell(onEvent, { type: "refresh_succeeded"',
    replace:
      'const sealedTokens = await vault.seal({ ...outcome.tokens, refreshToken: "" }, account)\n      return { ...connection, sealedTokens, remainingSeconds: 60 }\n    }\n    await tell(onEvent, { type: "refresh_succeeded"',
  },
]

/** Copies the library with one fault in it. @throws Error if the code has changed, so that the fault no longer applies */
export async function plant(fault: PlantedFault, index: number): Promise<Library> {
  const source = path.join(import.meta.dirname, "../src")
  const copy = path.join(import.meta.dirname, "../node_modules/.planted-faults", `${process.pid}-${index}`)
  await mkdir(path.dirname(copy), { recursive: true })
  await cp(source, copy, { recursive: true })
  const file = path.join(copy, "connections", fault.file)
  const text = await readFile(file, "utf8")
  if (text.split(fault.find).length !== 2)
    throw new Error(`The fault "${fault.name}" needs its text exactly once in ${fault.file}`)
  await writeFile(
    file,
    text.replace(fault.find, () => fault.replace),
  )
  try {
    return (await import(pathToFileURL(path.join(copy, "connections.ts")).href)) as Library
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}
