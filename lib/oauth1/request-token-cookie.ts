import { decode, encode } from "@auth/core/jwt"
import type { NextResponse } from "next/server"
import { z } from "zod"
import { environment } from "@/lib/env"
import { clearedCookie, cookieOptions, cookieName as prefixed } from "@/lib/server/cookies"
import { FLOW_LIFETIME_SECONDS, flowId } from "@/lib/sign-in/flow-cookie"
import type { TokenCredentials } from "./signed-header"

/** Tabs that may be signing in at the same time. */
const MOST_FLOWS = 4

/** What a browser has to remember about a request token until its response arrives. */
export type RequestTokenFlow = { requestToken: TokenCredentials; next: string; startedAt: number }

const flowSchema = z.object({
  requestToken: z.object({ token: z.string(), secret: z.string() }),
  next: z.string(),
  startedAt: z.number(),
})

const prefix = () => `${prefixed("bitbucket.oauth1")}.`
/** Separates these cookies' key from the session cookie's: neither can stand in for the other. */
const salt = "oauth1 request token"

type Jar = { get: (name: string) => { value: string } | undefined; getAll: () => { name: string }[] }

/**
 * Binds a request token to the browser that asked for it: its secret is encrypted in a cookie of its own, named
 * after the token, so that tabs do not clobber each other and no server has to remember it.
 */
export async function writeFlow(response: NextResponse, jar: Jar, flow: RequestTokenFlow): Promise<void> {
  const { cookieSecrets } = environment()
  const value = await encode({ token: flow, secret: cookieSecrets, salt, maxAge: FLOW_LIFETIME_SECONDS })
  const others = jar.getAll().filter(({ name }) => name.startsWith(prefix()))
  for (const { name } of others.slice(0, Math.max(0, others.length - MOST_FLOWS + 1)))
    response.cookies.set(clearedCookie(name))
  response.cookies.set(cookieName(flow.requestToken.token), value, {
    ...cookieOptions(),
    maxAge: FLOW_LIFETIME_SECONDS,
  })
}

/** @returns null if this browser never asked for that token, did so too long ago, or has had its answer */
export async function readFlow(jar: Jar, token: string): Promise<RequestTokenFlow | null> {
  const value = jar.get(cookieName(token))?.value
  if (!value) return null
  const claims = await decode({ token: value, secret: environment().cookieSecrets, salt }).catch(() => null)
  const flow = flowSchema.safeParse(claims).data
  return flow?.requestToken.token === token ? flow : null
}

/** Clears what the browser remembers of one request token. */
export function forgetFlow(response: NextResponse, token: string): void {
  response.cookies.set(clearedCookie(cookieName(token)))
}

function cookieName(token: string): string {
  return prefix() + flowId(token)
}
