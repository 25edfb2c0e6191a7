import type { Config } from "./config.ts"
import type { FaultInput, PlantedFault, ScenarioInput } from "./faults.ts"
import type { JournalRow } from "./journal.ts"
import type { SeedChoice } from "./seed.ts"
import type { Hop } from "./trace/hop.ts"
import type { WebhookDelivery, WebhookInput } from "./webhooks.ts"

/** Where the emulated Bitbucket's clock stands. */
export interface ClockReading {
  readonly now: string
  readonly frozen: boolean
}

/** The control API of one emulator, in this process or another. */
export interface ControlClient {
  health(): Promise<{ status: "ok"; site_url: string; api_url: string; contract: Config["contract"] }>
  readClock(): Promise<ClockReading>
  /** Milliseconds, or a duration such as "2h" or "91d". */
  advanceClock(by: number | string): Promise<ClockReading>
  setClock(now: Date): Promise<ClockReading>
  freezeClock(): Promise<ClockReading>
  resumeClock(): Promise<ClockReading>
  /** Back to the start, or to another seed. */
  reset(seed?: SeedChoice): Promise<void>
  /** Sessions, grants, tokens and decisions. Only with their secrets can they be restored. */
  readState(options?: { secrets: "shown" }): Promise<object>
  /** Back to what `readState` gave, as far as the seed still has the people and clients in it. */
  writeState(saved: object): Promise<void>
  listRequests(): Promise<JournalRow[]>
  clearRequests(): Promise<void>
  /** The journal with headers and bodies, as the live page shows it. */
  listHops(): Promise<Hop[]>
  readConfig(): Promise<Config>
  changeConfig(patch: Partial<Config>): Promise<Config>
  addFault(fault: FaultInput | ScenarioInput): Promise<PlantedFault>
  listFaults(): Promise<PlantedFault[]>
  /** Removes one fault, used up or not, and lets go what it holds. */
  removeFault(id: string): Promise<void>
  /** Removes all faults and lets go what they hold. */
  clearFaults(): Promise<void>
  /** Lets one person's access tokens lapse now; refresh tokens stay. Returns how many lapsed. */
  expireTokens(username: string): Promise<number>
  /** Lets one access token lapse now. Returns 0 where it had lapsed before. */
  expireToken(token: string): Promise<number>
  /** What the person does in their settings: every grant ends, or those to one client. Returns how many ended. */
  revokeGrants(username: string, clientId?: string): Promise<number>
  /** Sends one signed event to a receiver on the emulator's machine, and says what it answered. */
  sendWebhook(webhook: WebhookInput): Promise<WebhookDelivery>
}

/**
 * A client for the control API of the emulator whose site origin is `siteUrl`. `token` is the one that an emulator asks for
 * which listens on more than loopback.
 */
export function createControlClient(
  siteUrl: string,
  { token }: { readonly token?: string | null } = {},
): ControlClient {
  const send = createSender(siteUrl, token ?? "1")
  return {
    health: () => send("GET", "/health"),
    readClock: () => send("GET", "/clock"),
    advanceClock: (by) =>
      send("PUT", "/clock", typeof by === "number" ? { advance_ms: by } : { advance: by }),
    setClock: (now) => send("PUT", "/clock", { now: now.toISOString() }),
    freezeClock: () => send("PUT", "/clock", { freeze: true }),
    resumeClock: () => send("PUT", "/clock", { freeze: false }),
    reset: async (seed) => void (await send("POST", "/reset", { seed })),
    readState: (options) => send("GET", `/state${options === undefined ? "" : "?secrets=shown"}`),
    writeState: async (saved) => void (await send("PUT", "/state", saved)),
    listRequests: async () => (await send<{ requests: JournalRow[] }>("GET", "/requests")).requests,
    clearRequests: async () => void (await send("DELETE", "/requests")),
    listHops: async () => (await send<{ hops: Hop[] }>("GET", "/hops")).hops,
    readConfig: () => send("GET", "/config"),
    changeConfig: (patch) => send("PATCH", "/config", patch),
    addFault: (fault) => send("POST", "/faults", fault),
    listFaults: async () => (await send<{ faults: PlantedFault[] }>("GET", "/faults")).faults,
    removeFault: async (id) => void (await send("DELETE", `/faults/${encodeURIComponent(id)}`)),
    clearFaults: async () => void (await send("DELETE", "/faults")),
    expireTokens: async (username) =>
      (await send<{ expired: number }>("POST", "/tokens/expire", { username })).expired,
    expireToken: async (token) =>
      (await send<{ expired: number }>("POST", "/tokens/expire", { token })).expired,
    revokeGrants: async (username, clientId) =>
      (await send<{ revoked: number }>("POST", "/grants/revoke", { username, client_id: clientId })).revoked,
    sendWebhook: (webhook) => send("POST", "/webhooks", webhook),
  }
}

type Sender = <Reply>(method: string, path: string, body?: unknown) => Promise<Reply>

function createSender(siteUrl: string, header: string): Sender {
  return async <Reply>(method: string, path: string, body?: unknown) => {
    const response = await fetch(new URL(`/_control${path}`, siteUrl), {
      method,
      headers: { "X-Emulator-Control": header, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) {
      throw new Error(`${method} /_control${path} answered ${response.status}: ${await response.text()}`)
    }
    return (await response.json()) as Reply
  }
}
