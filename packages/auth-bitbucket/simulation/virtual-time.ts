import type { Clock } from "../src/time/clock.ts"

/** Something that is going to happen, to a server or outside all of them. */
export type Pending = {
  /** Milliseconds of virtual time. */
  at: number
  order: number
  kind: "message" | "timer"
  /** What it is, in words that are the same in every run: the exhaustive search compares states by them. */
  label: () => string
  server: Server | null
  run: () => unknown
}

/** One run of a server process. A restarted server is another one. */
export type Server = { readonly name: string; isAlive: boolean }

/** Time that passes only when something is due, so that no schedule really waits. */
export class VirtualTime {
  /** Milliseconds since the schedule began. */
  now = 0
  /** Latest first, so that the next one is at the end. */
  readonly #pending: Pending[] = []
  #order = 0

  /** @returns a function that cancels it */
  after(ms: number, what: Omit<Pending, "at" | "order">): () => void {
    const { kind, label, server, run } = what
    const pending = { at: this.now + ms, order: this.#order++, kind, label, server, run }
    const list = this.#pending
    let index = list.length
    for (; index > 0; index--) {
      const previous = list[index - 1] as Pending
      if (!isBefore(previous, pending)) break
      list[index] = previous
    }
    list[index] = pending
    return () => this.cancel(pending)
  }

  cancel(pending: Pending): void {
    const place = this.#pending.indexOf(pending)
    if (place >= 0) this.#pending.splice(place, 1)
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, { kind: "timer", label: () => "wait", server: null, run: resolve })
    })
  }

  /** Runs everything that is due until then, one after the other, each with all its immediate consequences. */
  async runUntil(moment: number): Promise<void> {
    await this.settle()
    for (let next = this.#pending.at(-1); next && next.at <= moment; next = this.#pending.at(-1)) {
      this.now = next.at
      await this.run(next)
    }
    this.now = Math.max(this.now, moment)
  }

  /** What may happen next, soonest first. What was to happen to a server that was killed never does. */
  pending(): readonly Pending[] {
    return this.#pending.filter(({ server }) => server?.isAlive !== false).reverse()
  }

  /** Makes one thing happen now, however long before its time. */
  async run(chosen: Pending): Promise<void> {
    this.#pending.splice(this.#pending.indexOf(chosen), 1)
    if (chosen.server?.isAlive === false) return
    chosen.run()
    await this.settle()
  }

  /** Lets all immediate consequences happen. Those are promises, and Node runs a tick once all of them are settled. */
  settle(): Promise<void> {
    return new Promise((resolve) => process.nextTick(resolve))
  }
}

function isBefore(one: Pending, other: Pending): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}

/**
 * The clock of one server.
 *
 * @param skewMs how far its wall clock is off
 * @param granularityMs a wait takes a whole number of these: the exhaustive search makes time coarse with it
 */
export function clockOf(time: VirtualTime, server: Server, skewMs: number, granularityMs = 1): Clock {
  return {
    now: () => epoch + time.now + skewMs,
    elapsed: () => time.now,
    wait: (ms, { signal } = {}) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const rounded = Math.ceil(ms / granularityMs) * granularityMs
        const cancel = time.after(rounded, {
          kind: "timer",
          label: () => `wait ${rounded}`,
          server,
          run: resolve,
        })
        signal?.addEventListener("abort", () => {
          cancel()
          resolve()
        })
      }),
  }
}

/** The wall clock's time at which every schedule begins, in milliseconds since 1970. */
export const epoch = Date.UTC(2026, 10, 30)
