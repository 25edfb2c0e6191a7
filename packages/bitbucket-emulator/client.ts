import type { Config } from "./config.ts"
import type { FaultInput, PlantedFault, ScenarioInput } from "./faults.ts"
import type { JournalRow } from "./journal.ts"
import type { SeedChoice } from "./seed.ts"
import type { Hop } from "./trace/hop.ts"
import type { WebhookDelivery, WebhookInput } from "./webhooks.ts"

/** The state of the emulated Bitbucket's clock. */
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
  /** Resets to the start, or to another seed. */
  reset(seed?: SeedChoice): Promise<void>
  /** Sessions, grants, tokens and decisions. They can only be restored with their secrets. */
  readState(options?: { secrets: "shown" }): Promise<object>
  /** Restores the result of `readState`, as far as the seed still has its people and clients. */
  writeState(saved: object): Promise<void>
  listRequests(): Promise<JournalRow[]>
  clearRequests(): Promise<void>
  /** The journal with headers and bodies, as the live page shows it. */
  listHops(): Promise<Hop[]>
  readConfig(): Promise<Config>
  changeConfig(patch: Partial<Config>): Promise<Config>
  addFault(fault: FaultInput | ScenarioInput): Promise<PlantedFault>
  listFaults(): Promise<PlantedFault[]>
  /** Removes one fault, used up or not, and releases the requests it holds. */
  removeFault(id: string): Promise<void>
  /** Removes all faults and releases the requests they hold. */
  clearFaults(): Promise<void>
  /** Expires one person's access tokens now; refresh tokens stay. Returns how many expired. */
  expireTokens(username: string): Promise<number>
  /** Expires one access token now. Returns 0 if it had already expired. */
  expireToken(token: string): Promise<number>
  /** Revokes grants as the person can in their settings: all, or those to one client. Returns how many ended. */
  revokeGrants(username: string, clientId?: string): Promise<number>
  /** Sends one signed event to a receiver on the emulator's machine, and returns the receiver's answer. */
  sendWebhook(webhook: WebhookInput): Promise<WebhookDelivery>
}

/**
 * A client for the control API of the emulator whose site origin is `siteUrl`. `token` is the control token of an emulator
 * that listens beyond loopback.
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
