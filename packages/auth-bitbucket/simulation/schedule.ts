import type { Fate, Weather } from "./network.ts"
import { createRandomness, type Randomness } from "./randomness.ts"
import { failure } from "./simulated-bitbucket.ts"

/** Which share of exchanges meets which fault while a storm lasts. */
type Storm = {
  lastsMs: number
  database: { refused: number; reset: number; lost: number; slow: number }
  bitbucket: {
    refused: number
    reset: number
    lost: number
    slow: number
    repeated: number
    unavailable: number
    tooMany: number
    unexplained: number
  }
  /** While this part of the storm lasts, no statement arrives. */
  databaseOutage: Span | null
  /** During this part of the storm, Bitbucket does not answer. */
  bitbucketOutage: Span | null
}

/** Milliseconds since the storm began. */
type Span = { fromMs: number; untilMs: number }

export type Step =
  /** A caller asks a server for a token. */
  | { kind: "ask" | "force" | "rejected"; server: number; atMs: number }
  /** A server is killed, and another replaces it. */
  | { kind: "kill"; server: number; atMs: number; downMs: number }
  /** Meanwhile the user signs in again. */
  | { kind: "sign_in"; server: number; atMs: number }
  /** The user disconnects, or removes the app at Bitbucket. */
  | { kind: "disconnect"; server: number; atMs: number }
  | { kind: "revoke"; atMs: number }

/** What happens around one expiry. */
export type Cycle = {
  /** Draws the fates of its exchanges. */
  seed: number
  /** Whether the first caller asks while the token is due, or only once it has expired. */
  startsAt: "due" | "expired"
  storm: Storm | null
  steps: Step[]
}

export type Schedule = {
  seed: number
  /** How far each server's wall clock is off. */
  skewsMs: number[]
  /** 0: Bitbucket accepts each refresh token only once. */
  graceSeconds: number
  cycles: Cycle[]
}

const GRACE_SECONDS = 600
/** Well within the grace period: what a storm leaves unfinished can be repeated after it. */
const LONGEST_STORM_MS = 240_000

/** Draws a schedule: the same one from the same seed. */
export function drawSchedule(seed: number, cycles = 48): Schedule {
  const random = createRandomness(seed)
  const servers = random.integer(2, 5)
  return {
    seed,
    skewsMs: Array.from({ length: servers }, () => Math.round(random.between(-300_000, 300_000))),
    graceSeconds: random.chance(0.8) ? GRACE_SECONDS : 0,
    cycles: Array.from({ length: cycles }, () => drawCycle(random, servers)),
  }
}

function drawCycle(random: Randomness, servers: number): Cycle {
  const storm = random.chance(0.6) ? drawStorm(random) : null
  const lastsMs = storm?.lastsMs ?? 5_000
  const server = () => random.integer(0, servers)
  // Most callers come at about the same time: that is when servers meet.
  const atMs = () => Math.round(random.chance(0.6) ? random.between(0, 1_500) : random.between(0, lastsMs))
  const asks = Array.from({ length: random.integer(2, storm ? 8 : 5) }, (): Step => {
    const kind = random.chance(0.9) ? "ask" : random.pick(["force", "rejected"] as const)
    return { kind, server: server(), atMs: atMs() }
  })
  const kills = Array.from({ length: storm && random.chance(0.5) ? random.integer(1, 3) : 0 }, (): Step => {
    return { kind: "kill", server: server(), atMs: atMs(), downMs: Math.round(random.between(100, 60_000)) }
  })
  const acts: Step[] = []
  if (random.chance(0.06)) acts.push({ kind: "sign_in", server: server(), atMs: atMs() })
  if (random.chance(0.04)) acts.push({ kind: "disconnect", server: server(), atMs: atMs() })
  if (random.chance(0.06)) {
    const revokedAtMs = atMs()
    acts.push({ kind: "revoke", atMs: revokedAtMs })
    // A user who removed the app by mistake comes back immediately.
    if (random.chance(0.5))
      acts.push({ kind: "sign_in", server: server(), atMs: revokedAtMs + random.integer(0, 800) })
  }
  return {
    seed: Math.floor(random.next() * 2 ** 32),
    startsAt: random.chance(0.6) ? "due" : "expired",
    storm,
    steps: [...asks, ...kills, ...acts].sort((one, other) => one.atMs - other.atMs),
  }
}

function drawStorm(random: Randomness): Storm {
  const lastsMs = Math.round(random.between(1_000, LONGEST_STORM_MS))
  const share = () => (random.chance(0.5) ? 0 : random.between(0, 0.4))
  const outage = (probability: number): Span | null => {
    if (!random.chance(probability)) return null
    const fromMs = random.between(0, Math.min(lastsMs, 3_000))
    return { fromMs, untilMs: random.between(fromMs, lastsMs) }
  }
  return {
    lastsMs,
    database: { refused: share(), reset: share(), lost: share(), slow: share() },
    bitbucket: {
      refused: share(),
      reset: share(),
      lost: share(),
      slow: share(),
      repeated: share(),
      unavailable: share(),
      tooMany: share(),
      unexplained: share(),
    },
    databaseOutage: outage(0.2),
    bitbucketOutage: outage(0.2),
  }
}

/**
 * The weather of one cycle.
 *
 * @param sinceMs milliseconds since the storm began
 * @param onTrouble called whenever an exchange with the database goes wrong
 */
export function weatherOf(
  { seed, storm }: Pick<Cycle, "seed" | "storm">,
  sinceMs: () => number,
  onTrouble: () => void,
): Weather {
  const random = createRandomness(seed)
  const within = (span: Span | null) => span !== null && sinceMs() >= span.fromMs && sinceMs() < span.untilMs
  const isStormy = () => storm !== null && sinceMs() < storm.lastsMs
  const answered = (requestMs: number, replyMs: number): Fate => ({ outcome: "answered", requestMs, replyMs })

  return {
    database() {
      const fair = answered(random.between(0.3, 2), random.between(0.3, 2))
      if (!storm || !isStormy()) return fair
      const { refused, reset, lost, slow } = storm.database
      const fate: Fate = { ...fair }
      if (within(storm.databaseOutage)) fate.outcome = "refused"
      else if (random.chance(refused)) fate.outcome = "refused"
      else if (random.chance(reset)) fate.outcome = "reset"
      else if (random.chance(lost)) fate.outcome = "lost"
      if (random.chance(slow)) fate.requestMs = random.between(10, 6_000)
      if (random.chance(slow)) fate.replyMs = random.between(10, 6_000)
      if (fate.outcome !== "answered" || fate.requestMs + fate.replyMs > 10) onTrouble()
      return fate
    },

    bitbucket() {
      const fair = answered(random.between(10, 200), random.between(10, 200))
      if (!storm || !isStormy()) return fair
      const { refused, reset, lost, slow, repeated, unavailable, tooMany, unexplained } = storm.bitbucket
      const fate: Fate = { ...fair }
      if (within(storm.bitbucketOutage)) fate.outcome = "refused"
      else if (random.chance(refused)) fate.outcome = "refused"
      else if (random.chance(reset)) fate.outcome = "reset"
      else if (random.chance(lost)) fate.outcome = "lost"
      else if (random.chance(unavailable)) fate.answeredInstead = failure(random.pick([500, 502, 503, 504]))
      else if (random.chance(tooMany)) fate.answeredInstead = failure(429, "", "", random.integer(1, 20))
      else if (random.chance(unexplained)) fate.answeredInstead = failure(random.pick([401, 403]))
      if (random.chance(slow)) fate.requestMs = random.between(100, 6_000)
      if (random.chance(slow)) fate.replyMs = random.between(100, 6_000)
      if (random.chance(repeated)) fate.repeatedAfterMs = random.between(0, 1_000)
      return fate
    },
  }
}
