import { homedir } from "node:os"
import { join } from "node:path"
import { type Addresses, bitbucketHostNames, isLoopback, localUrl, PublicAddresses } from "./addresses.ts"
import type { Bitbucket } from "./bitbucket.ts"
import { type ControlClient, createControlClient } from "./client.ts"
import { Clock } from "./clock.ts"
import { type Config, configSchema, defaultConfig } from "./config.ts"
import { createControl } from "./control.ts"
import { createEngine } from "./engine.ts"
import { FaultBook } from "./faults.ts"
import { Interruption } from "./interruption.ts"
import { Journal } from "./journal.ts"
import { Listeners } from "./listeners.ts"
import { type RandomBytes, Randomness } from "./randomness.ts"
import { readStateFile, restoreState, saveState, writeStateFile } from "./saved-state.ts"
import { loadSeed, type SeedChoice } from "./seed.ts"
import { createOriginListener } from "./server.ts"
import { createState } from "./state.ts"
import { openAuthority } from "./tls/certificate-authority.ts"

export type { ControlClient } from "./client.ts"
export { createControlClient } from "./client.ts"
export type { Config } from "./config.ts"
export type { FaultInput, FaultKind, ScenarioInput } from "./faults.ts"
export type { JournalRow } from "./journal.ts"
export { ListenError } from "./listen-error.ts"
export { type RandomBytes, seededBytes } from "./randomness.ts"
export { StateFileError } from "./saved-state.ts"
export type { SeedChoice, SeedInput } from "./seed.ts"
export { readSeedFile, SeedFileError } from "./seed-file.ts"
export { AuthorityError } from "./tls/certificate-authority.ts"
export type { WebhookDelivery, WebhookInput } from "./webhooks.ts"

export interface TlsOptions {
  /** 443 unless given; 0 lets the system choose. */
  readonly port?: number | undefined
  /** Where the certificate authority is kept, `~/.bitbucket-emulator` unless given. Made there on the first start. */
  readonly folder?: string | undefined
}

export interface EmulatorOptions {
  /** The ports of the two listeners; 0 lets the system choose. 4100 and 4101 unless given. */
  readonly sitePort?: number | undefined
  readonly apiPort?: number | undefined
  /** Short for both ports at 0. */
  readonly port?: 0 | undefined
  /** The address to listen on, 127.0.0.1 unless given. On any but loopback the control API asks for a token. */
  readonly host?: string | undefined
  /** What links begin with, and what OAuth 1.0a signatures cover, where clients do not use the listeners' own addresses. */
  readonly publicSiteUrl?: string | undefined
  readonly publicApiUrl?: string | undefined
  /** Whether `X-Forwarded-Proto`, `-Host` and `-Port` say under which address a client sent its request. */
  readonly trustProxy?: boolean | undefined
  /** The token that the control API asks for; drawn by lot where one is needed and none is given. */
  readonly controlToken?: string | undefined
  /** Serves both origins over TLS as well, as bitbucket.org and api.bitbucket.org. */
  readonly tls?: TlsOptions | undefined
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
  /** The site's origin as a program on this machine reaches it, with the control API below `/_control`. */
  readonly localUrl: string
  /** What the control API asks for in `X-Emulator-Control`, or null where `1` will do. */
  readonly controlToken: string | null
  /** Where clients with Bitbucket's own addresses are served, and the certificate that they have to trust. */
  readonly tls: { readonly siteUrl: string; readonly apiUrl: string; readonly caFile: string } | null
  readonly control: ControlClient
  /** Seed, clock, switches, faults and journal as they were at the start; held requests are let go. */
  readonly reset: () => Promise<void>
  /** Ends both listeners and whatever they still hold, at once. */
  readonly close: () => Promise<void>
}

const LOOPBACK = "127.0.0.1"

/**
 * Starts an emulated Bitbucket of its own: no state is shared with any other in the same process.
 *
 * @throws ListenError, AuthorityError, StateFileError
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const startSeed = loadSeed(options.seed ?? "default", options.callbackUrl)
  const startConfig = configSchema.parse({ ...defaultConfig, ...options.config })
  const host = options.host ?? LOOPBACK
  const addresses = new PublicAddresses({ ...options, host })
  const clock = new Clock()
  const faults = new FaultBook()
  const interruption = new Interruption()
  const randomness = new Randomness(options.randomBytes)
  const bitbucket: Bitbucket = {
    clock,
    randomness,
    config: startConfig,
    state: createState(startSeed),
    get siteUrl() {
      return addresses.current.site
    },
    get apiUrl() {
      return addresses.current.api
    },
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
  // Not from the injected bytes: a fixture is the same on every run, and a token that is guards nothing.
  const controlToken = options.controlToken ?? (isLoopback(host) ? null : new Randomness().base64url(32))
  const wire = {
    bitbucket,
    addresses,
    engine: createEngine(bitbucket),
    control: createControl({ bitbucket, faults, journal, interruption, controlToken, reset }),
    faults,
    journal,
    interruption,
    ownsProcess: options.ownsProcess ?? false,
  }
  const site = createOriginListener("site", wire)
  const api = createOriginListener("api", wire)
  const listeners = new Listeners(host)
  const openTls = async ({ port = 443, folder = join(homedir(), ".bitbucket-emulator") }: TlsOptions) => {
    const authority = await openAuthority(folder, bitbucketHostNames.site, { clock, randomness })
    const certificate = authority.issue(Object.values(bitbucketHostNames))
    const boundPort = await listeners.openTls(port, certificate, { site, api })
    const at = (name: string) => `https://${name}${boundPort === 443 ? "" : `:${boundPort}`}`
    return {
      siteUrl: at(bitbucketHostNames.site),
      apiUrl: at(bitbucketHostNames.api),
      caFile: authority.certificateFile,
    }
  }
  const close = async () => {
    interruption.interrupt()
    await listeners.close()
  }
  try {
    const ports = {
      site: await listeners.openPlain("site", options.sitePort ?? options.port ?? 4100, site),
      api: await listeners.openPlain("api", options.apiPort ?? options.port ?? 4101, api),
    }
    const bound: Addresses = { site: localUrl(host, ports.site), api: localUrl(host, ports.api) }
    addresses.bound = bound
    const tls = options.tls === undefined ? null : await openTls(options.tls)
    return {
      siteUrl: addresses.current.site,
      apiUrl: addresses.current.api,
      localUrl: bound.site,
      controlToken,
      tls,
      control: createControlClient(bound.site, { token: controlToken }),
      reset: async () => reset(),
      close: async () => {
        await close()
        if (stateFile !== undefined) writeStateFile(stateFile, saveState(bitbucket.state))
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}
