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
  /** 443 by default; 0 lets the system choose. */
  readonly port?: number | undefined
  /** The folder of the certificate authority, `~/.bitbucket-emulator` by default. Created on the first start. */
  readonly folder?: string | undefined
}

export interface EmulatorOptions {
  /** The ports of the two listeners; 0 lets the system choose. 4100 and 4101 by default. */
  readonly sitePort?: number | undefined
  readonly apiPort?: number | undefined
  /** Short for both ports at 0. */
  readonly port?: 0 | undefined
  /** The address to listen on, 127.0.0.1 by default. On any but loopback the control API requires a token. */
  readonly host?: string | undefined
  /**
   * What links begin with, and what OAuth 1.0a signatures cover, if clients do not use the listeners' own addresses. Each may
   * have a base path, which the proxy removes before it forwards a request.
   */
  readonly publicSiteUrl?: string | undefined
  readonly publicApiUrl?: string | undefined
  /** Whether to trust `X-Forwarded-Proto`, `-Host` and `-Port` for the address that a client used. */
  readonly trustProxy?: boolean | undefined
  /** The token that the control API requires; random if one is needed and none is given. */
  readonly controlToken?: string | undefined
  /** Serves both origins over TLS as well, as bitbucket.org and api.bitbucket.org. */
  readonly tls?: TlsOptions | undefined
  /** Replaces the callback URL of the default seed's clients; http://localhost:3000 by default. */
  readonly callbackUrl?: string | undefined
  readonly seed?: SeedChoice | undefined
  /** Switches that differ from the defaults, and that a reset returns to. */
  readonly config?: Partial<Config> | undefined
  readonly randomBytes?: RandomBytes | undefined
  /**
   * Lets the server replace the global Request and Response with lighter ones, which halves the cost of a response. Only
   * for a process that runs nothing else: a test process has its own globals.
   */
  readonly ownsProcess?: boolean | undefined
  /**
   * A file to restore from at the start, if it exists, and to write when the emulator closes: sessions, grants, tokens and
   * decisions survive a restart. It contains secrets in the clear, and only its owner can read it.
   */
  readonly stateFile?: string | undefined
}

export interface Emulator {
  readonly siteUrl: string
  readonly apiUrl: string
  /** The site's origin as a program on this machine reaches it, with the control API below `/_control`. */
  readonly localUrl: string
  /** The value that the control API requires in `X-Emulator-Control`, or null if `1` is enough. */
  readonly controlToken: string | null
  /** The addresses for clients that hard-code Bitbucket's, and the certificate that they have to trust. */
  readonly tls: { readonly siteUrl: string; readonly apiUrl: string; readonly caFile: string } | null
  readonly control: ControlClient
  /** Resets seed, clock, switches, faults and journal to the start; releases held requests. */
  readonly reset: () => Promise<void>
  /** Closes both listeners and all their connections immediately. */
  readonly close: () => Promise<void>
}

const LOOPBACK = "127.0.0.1"

/**
 * Starts an independent emulated Bitbucket: it shares no state with any other in the same process.
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
    hasLivePage: true,
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
  // Not from the injected bytes: a fixture is the same on every run, and a predictable token protects nothing.
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
