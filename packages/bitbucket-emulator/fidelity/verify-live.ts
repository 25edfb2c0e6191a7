import { isDeepStrictEqual } from "node:util"
import { emulatedTarget } from "./emulated-target.ts"
import { grantObservations } from "./grant-observations.ts"
import { clientObservations, type Observation, type Seen } from "./observations.ts"
import type { Target } from "./target.ts"

/** One observation of both Bitbuckets. */
interface Comparison {
  readonly name: string
  readonly rows: readonly string[]
  readonly verdict: "agrees" | "differs" | "skipped"
  readonly live: Seen
  /** Only if it differs. */
  readonly emulator?: Seen
}

/** The results of one run, as written next to the ledger. Do not edit them by hand. */
export interface LiveResults {
  readonly date: string
  readonly siteUrl: string
  readonly apiUrl: string
  readonly comparisons: readonly Comparison[]
}

/**
 * Makes the same observations of `live` and of a fresh emulator, and compares them. The results contain neither
 * credentials nor personal data.
 *
 * @throws Error rather than return a secret that a Bitbucket has repeated in an unexpected place
 */
export async function verifyLive(live: Target, date: string): Promise<LiveResults> {
  const { target: emulated, close } = await emulatedTarget()
  try {
    const comparisons: Comparison[] = []
    const ofLive = [...clientObservations, ...grantObservations()]
    const ofEmulator = [...clientObservations, ...grantObservations()]
    for (const [index, observation] of ofLive.entries()) {
      const seen = await look(observation, live)
      const expected = await look(ofEmulator[index] ?? observation, likeTarget(emulated, live))
      comparisons.push(compare(observation, seen, expected))
    }
    const results = { date, siteUrl: live.siteUrl, apiUrl: live.apiUrl, comparisons }
    refuseSecrets(results, live)
    return results
  } finally {
    await close()
  }
}

/** If the live side cannot do it, the emulated side skips it too. */
function likeTarget(emulated: Target, live: Target): Target {
  return {
    ...emulated,
    refreshToken: live.refreshToken === null ? null : emulated.refreshToken,
    code: live.code === null ? null : emulated.code,
    pass: live.pass === null ? null : emulated.pass,
  }
}

/** A Bitbucket that does not answer is also a finding, and no reason to lose the others. */
async function look(observation: Observation, target: Target): Promise<Seen> {
  try {
    return await observation.observe(target)
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
    return { skipped: `No answer: ${cause}` }
  }
}

function compare({ name, rows }: Observation, live: Seen, emulator: Seen): Comparison {
  if ("skipped" in live) return { name, rows, verdict: "skipped", live }
  if (isDeepStrictEqual(live, emulator)) return { name, rows, verdict: "agrees", live }
  return { name, rows, verdict: "differs", live, emulator }
}

function refuseSecrets(results: LiveResults, { clientId, clientSecret, refreshToken, code }: Target): void {
  const text = JSON.stringify(results)
  for (const secret of [clientId, clientSecret, refreshToken, code]) {
    if (secret !== null && text.includes(secret)) {
      throw new Error("A response repeated a credential, so nothing is written.")
    }
  }
}
