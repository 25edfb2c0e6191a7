import { setMaxListeners } from "node:events"
import { setTimeout as delay } from "node:timers/promises"

/** What every held request waits on, so that a reset or the end of the emulator lets all of them go at once. */
export class Interruption {
  #controller = controllerForMany()

  /** Resolves after `ms`; rejects when interrupted before. */
  async pause(ms: number): Promise<void> {
    if (ms > 0) await delay(ms, undefined, { signal: this.#controller.signal })
  }

  /** Resolves when interrupted, and not before. */
  async hold(): Promise<void> {
    const { signal } = this.#controller
    await new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true })
    })
  }

  interrupt(): void {
    this.#controller.abort()
    this.#controller = controllerForMany()
  }
}

/** Every request that waits listens to it: more than ten are load, and no leak to warn of. */
function controllerForMany(): AbortController {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return controller
}
