import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import type { Bitbucket } from "./bitbucket.ts"
import { type ControlClient, createControlClient } from "./client.ts"
import { Clock } from "./clock.ts"
import { type Config, configSchema, defaultConfig } from "./config.ts"
import { createControl } from "./control.ts"
import { createEngine, type Origin } from "./engine.ts"
import { FaultBook } from "./faults.ts"
import { Interruption } from "./interruption.ts"
import { Journal } from "./journal.ts"
import { type RandomBytes, Randomness } from "./randomness.ts"
import { readStateFile, restoreState, saveState, writeStateFile } from "./saved-state.ts"
import { loadSeed, type SeedChoice } from "./seed.ts"
import { createOriginServer } from "./server.ts"
import { createState } from "./state.ts"

export type { ControlClient } from "./client.ts"
export { createControlClient } from "./client.ts"
export type { Config } from "./config.ts"
export type { FaultInput, FaultKind, ScenarioInput } from "./faults.ts"
export type { JournalRow } from "./journal.ts"
export { type RandomBytes, seededBytes } from "./randomness.ts"
export { StateFileError } from "./saved-state.ts"
export type { SeedChoice, SeedInput } from "./seed.ts"
export { readSeedFile, SeedFileError } from "./seed-file.ts"

export interface EmulatorOptions {
  /** The ports of the two listeners; 0 lets the system choose. 4100 and 4101 unless given. */
  readonly sitePort?: number | undefined
  readonly apiPort?: number | undefined
  /** Short for both ports at 0. */
  readonly port?: 0 | undefined
  /** Moves the callback URL of the default seed's clients; http://localhost:3000 unless given. */
  readonly callbackUrl?: string | undefined
  readonly seed?: SeedChoice | undefined
  /** Switches that differ from the defaults, and that a reset returns to. */
  readonly config?: Partial<Config> | undefined
  readonly randomBytes?: RandomBytes | undefined
  /**
   * Lets the server replace the global Request and Response with lighter ones, which halves the price of an answer. Only
   * for a process that runs nothing else: a test process has globals of its own.
   */
  readonly ownsProcess?: boolean | undefined
  /**
   * Restored from at the start, if it is there, and written when the emulator is closed: sessions, grants, tokens and
   * decisions survive a restart. It holds secrets in the clear and is readable by its owner only.
   */
  readonly stateFile?: string | undefined
}

export interface Emulator {
  readonly siteUrl: string
  readonly apiUrl: string
  readonly control: ControlClient
  /** Seed, clock, switches, faults and journal as they were at the start; held requests are let go. */
  readonly reset: () => Promise<void>
  /** Ends both listeners and whatever they still hold, at once. */
  readonly close: () => Promise<void>
}

/** The listener's port belongs to somebody else. */
export class PortInUseError extends Error {
  readonly code = "EADDRINUSE"
  readonly origin: Origin
  readonly port: number

  constructor(origin: Origin, port: number, cause: unknown) {
    super(`Port ${port} of the emulated ${origin} is in use`, { cause })
    this.name = "PortInUseError"
    this.origin = origin
    this.port = port
  }
}

const HOST = "127.0.0.1"

/** Starts an emulated Bitbucket of its own: no state is shared with any other in the same process. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const startSeed = loadSeed(options.seed ?? "default", options.callbackUrl)
  const startConfig = configSchema.parse({ ...defaultConfig, ...options.config })
  const clock = new Clock()
  const faults = new FaultBook()
  const interruption = new Interruption()
  const bitbucket: Bitbucket = {
    clock,
    randomness: new Randomness(options.randomBytes),
    config: startConfig,
    state: createState(startSeed),
    siteUrl: "",
    apiUrl: "",
  }
  const journal = new Journal(clock, (text) => bitbucket.state.clients.has(text))
  const { stateFile } = options
  const saved = stateFile === undefined ? null : readStateFile(stateFile)
  if (saved !== null) restoreState(bitbucket.state, saved)
  const reset = (seed?: SeedChoice) => {
    bitbucket.state = createState(seed === undefined ? startSeed : loadSeed(seed, options.callbackUrl))
    bitbucket.config = startConfig
    clock.reset()
    faults.clear()
    journal.clear()
    interruption.interrupt()
  }
  const wire = {
    bitbucket,
    engine: createEngine(bitbucket),
    control: createControl({ bitbucket, faults, journal, interruption, reset }),
    faults,
    journal,
    interruption,
    ownsProcess: options.ownsProcess ?? false,
  }
  const site = createOriginServer("site", wire)
  const api = createOriginServer("api", wire)
  const close = async () => {
    interruption.interrupt()
    await Promise.all([closeServer(site), closeServer(api)])
  }
  try {
    bitbucket.siteUrl = await listen(site, "site", options.sitePort ?? options.port ?? 4100)
    bitbucket.apiUrl = await listen(api, "api", options.apiPort ?? options.port ?? 4101)
  } catch (error) {
    await close()
    throw error
  }
  const { siteUrl, apiUrl } = bitbucket
  return {
    siteUrl,
    apiUrl,
    control: createControlClient(siteUrl),
    reset: async () => reset(),
    close: async () => {
      await close()
      if (stateFile !== undefined) writeStateFile(stateFile, saveState(bitbucket.state))
    },
  }
}

async function listen(server: Server, origin: Origin, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? new PortInUseError(origin, port, error) : error)
    })
    server.listen(port, HOST, resolve)
  })
  return `http://${HOST}:${(server.address() as AddressInfo).port}`
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
}
