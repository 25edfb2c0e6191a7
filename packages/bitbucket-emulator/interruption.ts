import { setTimeout as delay } from "node:timers/promises"

interface Wait {
  /** The id of the fault that makes it wait, or null for `latency_ms`, which belongs to no fault. */
  readonly faultId: string | null
  readonly controller: AbortController
}

/** The waits of all held requests, so that they can all be released. */
export class Interruption {
  readonly #waits = new Set<Wait>()

  /** Resolves after `ms`; rejects when interrupted before. */
  async pause(ms: number, faultId: string | null): Promise<void> {
    if (ms > 0) await this.#wait(faultId, (signal) => delay(ms, undefined, { signal }))
  }

  /** Resolves when interrupted, and not before. */
  async hold(faultId: string): Promise<void> {
    await this.#wait(faultId, (signal) => {
      return new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }))
    })
  }

  /** Releases every held request, for a reset or the end of the emulator. */
  interrupt(): void {
    this.#release(() => true)
  }

  /** Releases the requests that one fault holds, or without an id those of any fault. Returns how many. */
  releaseFault(id?: string): number {
    return this.#release(({ faultId }) => (id === undefined ? faultId !== null : faultId === id))
  }

  async #wait(faultId: string | null, end: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const wait = { faultId, controller: new AbortController() }
    this.#waits.add(wait)
    try {
      await end(wait.controller.signal)
    } finally {
      this.#waits.delete(wait)
    }
  }

  #release(isAffected: (wait: Wait) => boolean): number {
    const released = [...this.#waits].filter(isAffected)
    for (const { controller } of released) controller.abort()
    return released.length
  }
}
