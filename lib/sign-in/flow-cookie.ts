import { createHash, hkdfSync } from "node:crypto"
import { CompactEncrypt, compactDecrypt } from "jose"
import { z } from "zod"
import { environment } from "@/lib/env"
import { cookieName } from "@/lib/server/cookies"

/** How long a person has to sign in at Bitbucket. */
export const FLOW_LIFETIME_SECONDS = 15 * 60

/** How many tabs may sign in at the same time. With one more, the oldest has to start again. */
const MOST_FLOWS = 12
/** All flows together take at most this many bytes of the Cookie header, however long their return paths are. */
const MOST_BYTES = 3_072

/** What a browser has to remember about one authorization request until its response arrives. */
export type Flow = {
  /** The verifier of PKCE, RFC 7636 §4.1. */
  codeVerifier: string
  /** Where the user goes afterwards: a path that `parseReturnPath` has accepted. */
  next: string
  startedAt: Date
}

/** The sealed form: without names, since every request may carry twelve of them. The time is in milliseconds since 1970. */
const sealedSchema = z.tuple([z.string().min(1), z.string(), z.int()]).transform(
  ([codeVerifier, next, startedAt]): Flow => ({
    codeVerifier,
    next,
    startedAt: new Date(startedAt),
  }),
)

const prefix = () => `${cookieName("authjs.flow")}.`

/**
 * Each flow has its own cookie, named after its `state`. With Auth.js's single `state` cookie, only the tab
 * that started last could finish, and a forged callback could cancel it.
 */
export function flowId(state: string): string {
  return createHash("sha256").update(state).digest("base64url").slice(0, 16)
}

export function flowCookieName(id: string): string {
  return prefix() + id
}

/**
 * Seals a flow for the cookie of this name: JWE, `dir` with A256GCM (RFC 7516). The key is derived from the secret
 * *and* the name, so the cookie opens for no other `state`.
 */
export function sealFlow(
  name: string,
  { codeVerifier, next, startedAt }: Flow,
  secret: string,
): Promise<string> {
  const sealed = JSON.stringify([codeVerifier, next, startedAt.getTime()])
  return new CompactEncrypt(new TextEncoder().encode(sealed))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
    .encrypt(keyOf(name, secret))
}

/** Opens the result of `sealFlow`. @returns undefined if it was sealed for another name, elsewhere, or too long ago */
export async function openFlow(
  name: string,
  value: string,
  secrets: readonly string[],
): Promise<Flow | undefined> {
  for (const secret of secrets) {
    try {
      const { plaintext } = await compactDecrypt(value, keyOf(name, secret), {
        keyManagementAlgorithms: ["dir"],
        contentEncryptionAlgorithms: ["A256GCM"],
      })
      const flow = sealedSchema.parse(JSON.parse(new TextDecoder().decode(plaintext)))
      return Date.now() < flow.startedAt.getTime() + FLOW_LIFETIME_SECONDS * 1_000 ? flow : undefined
    } catch {
      // Try the next secret. If none opens it, it is not one of our flows.
    }
  }
  return undefined
}

type Cookie = { name: string; value: string }

type Jar = { get: (name: string) => Pick<Cookie, "value"> | undefined; getAll: () => Cookie[] }

/** The flow of this browser with this `state`; undefined if this browser did not start one. */
export async function readFlow(jar: Jar, state: string): Promise<Flow | undefined> {
  const name = flowCookieName(flowId(state))
  const value = jar.get(name)?.value
  return value ? openFlow(name, value, environment().secrets) : undefined
}

/** The last flow that this browser started; undefined if it started none, or too long ago. */
export async function readLatestFlow(jar: Jar): Promise<Flow | undefined> {
  const [latest] = await openAll(jar)
  return latest?.flow
}

/**
 * The cookies to clear before another flow starts, so that all of them stay within bounds: first those that do not
 * open, then the oldest.
 *
 * @param added the cookie of the new flow
 */
export async function flowsToForget(jar: Jar, added: Cookie): Promise<string[]> {
  let bytes = bytesOf(added)
  return (await openAll(jar))
    .filter(({ flow, ...cookie }, index) => {
      bytes += bytesOf(cookie)
      return !flow || index >= MOST_FLOWS - 1 || bytes > MOST_BYTES
    })
    .map(({ name }) => name)
}

/** The newest first, and those that do not open last. */
async function openAll(jar: Jar): Promise<(Cookie & { flow: Flow | undefined })[]> {
  const { secrets } = environment()
  const cookies = jar.getAll().filter(({ name }) => name.startsWith(prefix()))
  const opened = await Promise.all(
    cookies.map(async (cookie) => ({ ...cookie, flow: await openFlow(cookie.name, cookie.value, secrets) })),
  )
  return opened.sort((a, b) => startOf(b) - startOf(a))
}

const startOf = ({ flow }: { flow: Flow | undefined }) => flow?.startedAt.getTime() ?? 0

/** As the Cookie header carries it: all of it is ASCII. */
function bytesOf({ name, value }: Cookie): number {
  return `${name}=${value}; `.length
}

function keyOf(name: string, secret: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, name, "sign-in flow", 32))
}
