import { afterAll, beforeAll, beforeEach } from "vitest"
import { type Emulator, type EmulatorOptions, startEmulator } from "../index.ts"

/** One emulator for the tests of a file, reset before each of them. */
export function withEmulator(options: EmulatorOptions | (() => EmulatorOptions) = {}): {
  readonly current: Emulator
} {
  let emulator: Emulator | undefined
  beforeAll(async () => {
    const chosen = typeof options === "function" ? options() : options
    emulator = await startEmulator({ port: 0, ...chosen })
  })
  beforeEach(async () => {
    await emulator?.reset()
  })
  afterAll(async () => {
    await emulator?.close()
  })
  return {
    get current() {
      if (emulator === undefined) throw new Error("The emulator has not been started yet.")
      return emulator
    },
  }
}
