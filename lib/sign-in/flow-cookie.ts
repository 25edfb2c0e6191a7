import { createHash } from "node:crypto"
import { cookieName } from "@/lib/cookies"
import type { FlowPart } from "./cookies"

/** Tabs that may be signing in at the same time; with one more, the oldest has to start again. */
const MOST_FLOWS = 4

/** What a browser has to remember of one authorization request until its answer comes. */
export type Flow = {
  id: string
  startedAt: number
  /** The values of Auth.js's own cookies, as it sealed them. */
  parts: Record<FlowPart, string>
}

const prefix = () => `${cookieName("authjs.flow")}.`

/**
 * Each flow has a cookie of its own, named after its `state`. With the one `state` cookie of Auth.js, the tab
 * that started last would be the only one that can finish, and a forged callback would cancel it.
 */
export function flowId(state: string): string {
  return createHash("sha256").update(state).digest("base64url").slice(0, 16)
}

export function flowCookieName(id: string): string {
  return prefix() + id
}

/** The value of a flow's cookie, which `readFlows` reads. */
export function writeFlow({ startedAt, parts }: Flow): string {
  return [startedAt, parts.state, parts.pkceCodeVerifier, parts.callbackUrl].join("~")
}

type Jar = { getAll: () => { name: string; value: string }[] }

/** The flows of a browser, oldest first; what is no flow cookie of ours is passed over. */
export function readFlows(jar: Jar): Flow[] {
  return jar
    .getAll()
    .filter(({ name }) => name.startsWith(prefix()))
    .map(({ name, value }) => readFlow(name.slice(prefix().length), value))
    .filter((flow) => flow !== undefined)
    .sort((a, b) => a.startedAt - b.startedAt)
}

/** The ids of the flows that must go before another one starts, so that the cookies stay within bounds. */
export function flowsToForget(jar: Jar): string[] {
  return readFlows(jar)
    .slice(0, -(MOST_FLOWS - 1))
    .map(({ id }) => id)
}

/** Only the address, which comes last, can hold a "~": what Auth.js seals is base64url and dots. */
function readFlow(id: string, value: string): Flow | undefined {
  const [startedAt, state, pkceCodeVerifier, ...address] = value.split("~")
  if (!state || !pkceCodeVerifier || address.length === 0) return undefined
  return {
    id,
    startedAt: Number(startedAt) || 0,
    parts: { state, pkceCodeVerifier, callbackUrl: address.join("~") },
  }
}
