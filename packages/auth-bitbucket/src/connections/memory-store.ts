import { randomUUID } from "node:crypto"
import type { Connection, ConnectionStore, IdleCursor, Lease, NewTokens } from "./store.ts"

type Row = Omit<
  Connection,
  "remainingSeconds" | "lifetimeSeconds" | "retryInSeconds" | "isLeased" | "isRefreshPending"
> & {
  lease: { owner: string; until: number } | null
}

/**
 * Keeps connections in this process's memory, for tests.
 *
 * @param now milliseconds since 1970
 */
export function createMemoryStore({
  now = Date.now,
  newId = randomUUID,
}: {
  now?: () => number
  newId?: () => string
} = {}): ConnectionStore {
  const rows = new Map<string, Row>()

  const secondsUntil = (moment: Date) => (moment.getTime() - now()) / 1_000

  function connectionOf(row: Row): Connection {
    const { issuedAt, expiresAt, retryAt, lease } = row
    return {
      id: row.id,
      account: row.account,
      sealedTokens: row.sealedTokens,
      scopes: row.scopes,
      version: row.version,
      status: row.status,
      issuedAt,
      expiresAt,
      connectedAt: row.connectedAt,
      refreshedAt: row.refreshedAt,
      failures: row.failures,
      retryAt,
      lastFailure: row.lastFailure,
      lastFailureAt: row.lastFailureAt,
      remainingSeconds: secondsUntil(expiresAt),
      lifetimeSeconds: (expiresAt.getTime() - issuedAt.getTime()) / 1_000,
      retryInSeconds: retryAt ? Math.max(0, secondsUntil(retryAt)) : 0,
      isLeased: lease !== null && lease.until > now(),
      isRefreshPending: lease !== null,
    }
  }

  const inSeconds = (seconds: number) => new Date(now() + seconds * 1_000)
  const find = (id: string, version: number) =>
    [...rows.values()].find((row) => row.id === id && row.version === version)
  const held = ({ id, version, owner }: Lease) => {
    const row = find(id, version)
    return row?.lease?.owner === owner ? row : undefined
  }
  const noFailure = { failures: 0, retryAt: null, lastFailure: null, lastFailureAt: null }
  const fresh = ({ sealedTokens, scopes, lifetimeSeconds }: NewTokens) => ({
    sealedTokens,
    scopes,
    issuedAt: inSeconds(0),
    expiresAt: inSeconds(lifetimeSeconds),
    lease: null,
    ...noFailure,
  })

  return {
    isUnreachable: () => false,

    async read(account) {
      const row = rows.get(account)
      return row ? connectionOf(row) : null
    },

    async save(account, tokens) {
      const known = rows.get(account)
      const row: Row = {
        id: known?.id ?? newId(),
        account,
        connectedAt: known?.status === "active" ? known.connectedAt : inSeconds(0),
        version: (known?.version ?? 0) + 1,
        status: "active",
        refreshedAt: null,
        ...fresh(tokens),
      }
      rows.set(account, row)
      return connectionOf(row)
    },

    async takeLease({ id, version, owner }, leaseSeconds) {
      const row = find(id, version)
      const isFree = row && (row.lease === null || row.lease.until <= now())
      const mayAsk = row && (row.retryAt === null || row.retryAt.getTime() <= now())
      if (row?.status !== "active" || !isFree || !mayAsk) return null
      row.lease = { owner, until: now() + leaseSeconds * 1_000 }
      return connectionOf(row)
    },

    async commitRefresh(lease, tokens) {
      const row = held(lease)
      if (!row) return null
      Object.assign(row, { version: row.version + 1, refreshedAt: inSeconds(0) }, fresh(tokens))
      return connectionOf(row)
    },

    async recordFailure(lease, failure, retryInSeconds) {
      const row = held(lease)
      if (!row) return false
      Object.assign(row, {
        failures: row.failures + 1,
        retryAt: inSeconds(retryInSeconds),
        lastFailure: failure,
        lastFailureAt: inSeconds(0),
        lease: null,
      })
      return true
    },

    async end(lease, reason) {
      const row = held(lease)
      if (!row) return false
      Object.assign(row, { status: "ended", lastFailure: reason, lastFailureAt: inSeconds(0), lease: null })
      return true
    },

    async expireAccessToken(id, version) {
      const row = find(id, version)
      if (row && row.expiresAt.getTime() > now()) row.expiresAt = inSeconds(0)
    },

    async deferRefresh(id, version, retryInSeconds) {
      const row = find(id, version)
      if (row)
        Object.assign(row, {
          expiresAt: inSeconds(0),
          failures: row.failures + 1,
          retryAt: inSeconds(retryInSeconds),
          lastFailure: "token_refused",
          lastFailureAt: inSeconds(0),
        })
    },

    async delete(account, only) {
      const row = rows.get(account)
      if (!row || (only && (row.id !== only.id || row.version !== only.version))) return false
      return rows.delete(account)
    },

    async listIdle(from, limit) {
      const cursor: IdleCursor =
        typeof from === "number" ? { since: String(now() - from * 86_400_000) } : from
      const place = ({ issuedAt, id }: Row) => `${String(issuedAt.getTime()).padStart(16, "0")} ${id}`
      const after = cursor.after && `${cursor.after.idleSince.padStart(16, "0")} ${cursor.after.id}`
      const found = [...rows.values()]
        .filter(({ status, issuedAt, retryAt }) => {
          const mayAsk = retryAt === null || retryAt.getTime() <= now()
          return status === "active" && mayAsk && issuedAt.getTime() <= Number(cursor.since)
        })
        .filter((row) => after === undefined || place(row) > after)
        .sort((one, other) => (place(one) < place(other) ? -1 : 1))
        .slice(0, limit)
      const last = found.length === limit ? found.at(-1) : undefined
      return {
        connections: found.map(connectionOf),
        unreadable: [],
        next: last
          ? { since: cursor.since, after: { idleSince: String(last.issuedAt.getTime()), id: last.id } }
          : null,
      }
    },

    async listSealed(limit, afterId = "") {
      return [...rows.values()]
        .filter(({ id }) => id > afterId)
        .sort((one, other) => (one.id < other.id ? -1 : 1))
        .slice(0, limit)
        .map(({ id, account, sealedTokens }) => ({ id, account, sealedTokens }))
    },

    async replaceSealed({ id, sealedTokens }, resealed) {
      const row = [...rows.values()].find((one) => one.id === id && one.sealedTokens === sealedTokens)
      if (row) row.sealedTokens = resealed
      return row !== undefined
    },
  }
}
