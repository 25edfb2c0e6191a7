import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { setTimeout as wait } from "node:timers/promises"
import type { Connection, ConnectionStore, Lease, NewTokens } from "./store.ts"

/** One rule that a store must keep. `check` throws if it does not. */
export type StoreRule = { name: string; check: () => Promise<void> }

/**
 * The rules that every `ConnectionStore` must keep, for your tests:
 *
 *     for (const { name, check } of storeContract(async () => createMyStore())) test(name, check)
 *
 * @param createStore creates an empty store. Rules about time wait up to a second on the store's own clock.
 */
export function storeContract(createStore: () => Promise<ConnectionStore>): StoreRule[] {
  return Object.entries(rules).map(([name, check]) => ({
    name,
    check: async () => check(await createStore()),
  }))
}

const account = "{11111111-2222-4333-8444-555555555555}"
const other = "https://git.example.com#7"
const tokens = (sealedTokens: string, changes: Partial<NewTokens> = {}): NewTokens => ({
  sealedTokens,
  lifetimeSeconds: 7_200,
  scopes: ["account", "email"],
  ...changes,
})
const leaseOf = ({ id, version }: Connection): Lease => ({ id, version, owner: randomUUID() })

async function read(store: ConnectionStore): Promise<Connection> {
  const connection = await store.read(account)
  assert.ok(connection, "the connection is there")
  return connection
}

/** Signs in and takes the lease, as an attempt to refresh does. */
async function lease(store: ConnectionStore, seconds = 15): Promise<Lease> {
  const held = leaseOf(await store.save(account, tokens("first")))
  assert.ok(await store.takeLease(held, seconds), "the lease is taken")
  return held
}

function near(actual: number, expected: number, what: string): void {
  assert.ok(Math.abs(actual - expected) < 5, `${what} is about ${expected}, not ${actual}`)
}

const rules: Record<string, (store: ConnectionStore) => Promise<void>> = {
  "an account without a connection reads as null": async (store) => {
    assert.equal(await store.read(account), null)
  },

  "a saved connection reads as it was saved, with its times on the store's clock": async (store) => {
    const saved = await store.save(account, tokens("first"))
    const found = await read(store)
    assert.equal(found.id, saved.id)
    assert.deepEqual([found.account, found.sealedTokens], [account, "first"])
    assert.deepEqual(found.scopes, ["account", "email"])
    assert.deepEqual([found.version, found.status, found.failures], [1, "active", 0])
    assert.deepEqual(
      [found.refreshedAt, found.retryAt, found.lastFailure, found.isLeased],
      [null, null, null, false],
    )
    near(found.remainingSeconds, 7_200, "the life left")
    near(found.lifetimeSeconds, 7_200, "the lifetime")
    near(found.expiresAt.getTime() - found.issuedAt.getTime(), 7_200_000, "the time between")
    assert.equal(found.retryInSeconds, 0)
  },

  "accounts do not affect each other": async (store) => {
    await store.save(account, tokens("mine"))
    await store.save(other, tokens("theirs"))
    assert.equal((await read(store)).sealedTokens, "mine")
    assert.equal((await store.read(other))?.sealedTokens, "theirs")
  },

  "signing in again replaces everything but the id, and a version is never used twice": async (store) => {
    const held = await lease(store)
    await store.recordFailure(held, "no_answer", 60)
    const again = await store.save(account, tokens("second", { scopes: [] }))
    assert.deepEqual([again.id, again.version, again.sealedTokens], [held.id, 2, "second"])
    assert.deepEqual([again.failures, again.retryInSeconds, again.lastFailure], [0, 0, null])
    assert.deepEqual(again.scopes, [])
  },

  "signing in again keeps the time when an active connection was made, and resets it for an ended one":
    async (store) => {
      const held = await lease(store)
      const { connectedAt } = await read(store)
      await wait(20)
      const kept = await store.save(account, tokens("second"))
      assert.deepEqual(kept.connectedAt, connectedAt)
      const again = leaseOf(kept)
      assert.ok(await store.takeLease(again, 15))
      assert.equal(await store.end(again, "dead_grant"), true)
      assert.deepEqual((await read(store)).connectedAt, connectedAt, "an ended one keeps it")
      const made = await store.save(account, tokens("third"))
      assert.deepEqual([made.id, made.status], [held.id, "active"])
      assert.ok(made.connectedAt > connectedAt, "it is connected since this sign-in")
      assert.deepEqual((await read(store)).connectedAt, made.connectedAt)
    },

  "if many attempts want the lease at the same time, one gets it": async (store) => {
    const saved = await store.save(account, tokens("first"))
    const taken = await Promise.all(Array.from({ length: 20 }, () => store.takeLease(leaseOf(saved), 15)))
    assert.equal(taken.filter((one) => one !== null).length, 1)
    assert.equal((await read(store)).isLeased, true)
  },

  "a lease ends by itself": async (store) => {
    const held = await lease(store, 0.2)
    await wait(1_000)
    const { isLeased, isRefreshPending } = await read(store)
    assert.deepEqual([isLeased, isRefreshPending], [false, true], "what it was taken for has no outcome yet")
    assert.ok(await store.takeLease({ ...held, owner: randomUUID() }, 15))
    assert.equal(await store.commitRefresh(held, tokens("late")), null, "the first holder is fenced off")
    assert.equal((await read(store)).sealedTokens, "first")
  },

  "a slow holder may still store its tokens until another attempt takes the lease": async (store) => {
    const held = await lease(store, 0.2)
    await wait(1_000)
    assert.equal((await store.commitRefresh(held, tokens("second")))?.sealedTokens, "second")
  },

  "no attempt gets the lease of another version": async (store) => {
    const { id, version } = await store.save(account, tokens("first"))
    for (const wrong of [version - 1, version + 1])
      assert.equal(await store.takeLease({ id, version: wrong, owner: randomUUID() }, 15), null)
  },

  "a refresh is stored once, goes up by one version and ends the lease": async (store) => {
    const held = await lease(store)
    const refreshed = await store.commitRefresh(
      held,
      tokens("second", { lifetimeSeconds: 60, scopes: ["email"] }),
    )
    assert.deepEqual(
      [refreshed?.version, refreshed?.sealedTokens, refreshed?.isRefreshPending],
      [2, "second", false],
    )
    assert.deepEqual(refreshed?.scopes, ["email"])
    near(refreshed?.lifetimeSeconds ?? 0, 60, "the lifetime")
    assert.ok(refreshed?.refreshedAt)
    assert.equal(await store.commitRefresh(held, tokens("third")), null)
    assert.equal((await read(store)).sealedTokens, "second")
  },

  "signing in fences off a refresh in progress": async (store) => {
    const held = await lease(store)
    await store.save(account, tokens("signed in"))
    assert.equal(await store.commitRefresh(held, tokens("refreshed")), null)
    assert.equal(await store.recordFailure(held, "no_answer", 60), false)
    assert.equal(await store.end(held, "dead_grant"), false)
    const found = await read(store)
    assert.deepEqual([found.sealedTokens, found.status, found.failures], ["signed in", "active", 0])
  },

  "a connection that is deleted is not written back": async (store) => {
    const held = await lease(store)
    assert.equal(await store.delete(account), true)
    assert.equal(await store.commitRefresh(held, tokens("refreshed")), null)
    assert.equal(await store.read(account), null)
    assert.equal(await store.delete(account), false)
    assert.notEqual((await store.save(account, tokens("again"))).id, held.id)
  },

  "a deletion can be limited to one version": async (store) => {
    const saved = await store.save(account, tokens("first"))
    await store.save(account, tokens("second"))
    assert.equal(await store.delete(account, saved), false)
    assert.equal(await store.delete(account, { id: saved.id, version: 2 }), true)
  },

  "after a failure, no attempt gets the lease before its time": async (store) => {
    const held = await lease(store)
    assert.equal(await store.recordFailure(held, "no_answer", 0.5), true)
    const found = await read(store)
    assert.deepEqual([found.failures, found.lastFailure, found.isRefreshPending], [1, "no_answer", false])
    assert.ok(found.retryInSeconds > 0 && found.retryAt && found.lastFailureAt)
    assert.equal(await store.takeLease(leaseOf(found), 15), null)
    await wait(1_000)
    const next = leaseOf(found)
    assert.ok(await store.takeLease(next, 15))
    await store.recordFailure(next, "unexpected_answer", 0)
    assert.equal((await read(store)).failures, 2)
  },

  "an ended connection is never leased again, and stays ended until the user signs in": async (store) => {
    const held = await lease(store)
    assert.equal(await store.end(held, "revoked_or_reused"), true)
    const found = await read(store)
    assert.deepEqual([found.status, found.lastFailure, found.isLeased], ["ended", "revoked_or_reused", false])
    assert.equal(await store.takeLease(leaseOf(found), 15), null)
    assert.equal((await store.save(account, tokens("again"))).status, "active")
  },

  "a refused access token has expired, and only that version": async (store) => {
    const saved = await store.save(account, tokens("first"))
    await store.expireAccessToken(saved.id, saved.version + 1)
    near((await read(store)).remainingSeconds, 7_200, "the life left")
    await store.expireAccessToken(saved.id, saved.version)
    assert.ok((await read(store)).remainingSeconds <= 0)
  },

  "after a refresh whose token was refused, the next refresh is deferred": async (store) => {
    const saved = await store.save(account, tokens("first"))
    await store.deferRefresh(saved.id, saved.version, 60)
    const found = await read(store)
    assert.ok(found.remainingSeconds <= 0)
    near(found.retryInSeconds, 60, "the wait")
    assert.deepEqual([found.failures, found.lastFailure, found.status], [1, "token_refused", "active"])
    assert.equal(await store.takeLease(leaseOf(found), 15), null)
  },

  "idle connections are listed oldest first, each once, batch by batch": async (store) => {
    const accounts = Array.from({ length: 7 }, (_, index) => `{00000000-0000-4000-8000-00000000000${index}}`)
    for (const one of accounts) await store.save(one, tokens(one))
    await wait(20)
    const found: string[] = []
    let from: Parameters<ConnectionStore["listIdle"]>[0] | null = 0
    while (from !== null) {
      const batch: Awaited<ReturnType<ConnectionStore["listIdle"]>> = await store.listIdle(from, 3)
      assert.ok(batch.connections.length <= 3)
      assert.deepEqual(batch.unreadable, [])
      found.push(...batch.connections.map((connection) => connection.account))
      // What is refreshed meanwhile does not come again.
      const [first] = batch.connections
      await wait(20)
      if (first) await store.save(first.account, tokens("newer"))
      from = batch.next
    }
    assert.deepEqual([...found].sort(), accounts)
    assert.deepEqual((await store.listIdle(1, 10)).connections, [], "none is a day old")
  },

  "ended connections and those that must wait are not idle": async (store) => {
    assert.equal(await store.end(await lease(store), "dead_grant"), true)
    const waiting = leaseOf(await store.save(other, tokens("other")))
    await store.takeLease(waiting, 15)
    await store.recordFailure(waiting, "no_answer", 60)
    assert.deepEqual((await store.listIdle(0, 10)).connections, [])
  },

  "sealed tokens are listed by id and replaced only while they are what was read": async (store) => {
    for (const one of [account, other]) await store.save(one, tokens(one))
    const [first] = await store.listSealed(1)
    const [second, ...none] = await store.listSealed(10, first?.id)
    assert.ok(first && second && none.length === 0)
    assert.equal(await store.replaceSealed(first, "resealed"), true)
    assert.equal(await store.replaceSealed(first, "once more"), false)
    assert.equal((await store.read(first.account))?.sealedTokens, "resealed")
  },
}
