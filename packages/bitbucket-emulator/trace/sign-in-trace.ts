import { createControlClient } from "../client.ts"
import { Clock } from "../clock.ts"
import { isAuthorize, isOAuth1Question } from "./endpoints.ts"
import type { Hop } from "./hop.ts"
import { type Answer, UserAgent } from "./user-agent.ts"

export interface TraceOptions {
  /** The URL at which the application starts an authorization. */
  readonly startUrl: URL
  /** The emulated Bitbucket's site; the trace types a password nowhere else. */
  readonly siteUrl: string
  readonly username: string
  readonly password: string
}

export interface SignInTrace {
  readonly hops: readonly Hop[]
  /** The last page, if there was nothing more to answer. */
  readonly endedAt: URL
  readonly status: number
}

const MOST_HOPS = 30

/**
 * Signs a person in as a browser would, and records every hop: those of the browser as it makes them, and after
 * each of them the requests of the application's server to Bitbucket, which only the emulator's journal knows.
 */
export async function traceSignIn(options: TraceOptions): Promise<SignInTrace> {
  const control = createControlClient(options.siteUrl)
  const wallClock = new Clock()
  const agent = new UserAgent(wallClock)
  const skewMs = Date.parse((await control.readClock()).now) - wallClock.now()
  const hops: Hop[] = []
  let known = (await control.listHops()).length
  const follow = async (step: Promise<Answer>): Promise<Answer> => {
    const answer = await step
    const journal = await control.listHops()
    const own = agent.hops.at(-1)
    const meanwhile = journal.slice(known).filter((hop) => hop.from === "application")
    known = journal.length
    hops.push(...(own === undefined ? [] : [own]), ...meanwhile.map((hop) => onWallClock(hop, skewMs)))
    return answer
  }

  let answer = await follow(agent.get(options.startUrl))
  while (hops.length < MOST_HOPS) {
    const step = nextStep(agent, answer, options)
    if (step === null) break
    answer = await follow(step)
  }
  return { hops, endedAt: answer.address, status: answer.status }
}

/** The person's next step: follow the redirect, fill in the form, allow; null once they have arrived. */
function nextStep(agent: UserAgent, answer: Answer, options: TraceOptions): Promise<Answer> | null {
  const { address, status, location } = answer
  if (location !== null) return agent.get(location)
  if (status !== 200 || address.origin !== new URL(options.siteUrl).origin) return null
  const csrfmiddlewaretoken = agent.cookie(address, "csrftoken") ?? ""
  if (/^\/account\/signin\/?$/.test(address.pathname)) {
    const { username, password } = options
    const next = address.searchParams.get("next") ?? "/"
    // The emulator shows the form again to a person it refuses; asking twice would not end.
    const wasRefused = agent.hops.at(-1)?.method === "POST"
    return wasRefused ? null : agent.post(address, { csrfmiddlewaretoken, next, username, password })
  }
  if (isAuthorize(address.pathname) || isOAuth1Question(address.pathname)) {
    const parameters = Object.fromEntries(address.searchParams)
    return agent.post(new URL(address.pathname, address), {
      csrfmiddlewaretoken,
      ...parameters,
      action: "approve",
    })
  }
  return null
}

/** The emulator's clock may have been moved; the trace has one time. */
function onWallClock(hop: Hop, skewMs: number): Hop {
  return { ...hop, at: new Date(Date.parse(hop.at) - skewMs).toISOString() }
}
