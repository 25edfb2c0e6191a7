import { missesOf, type Outcome } from "./outcome"
import { countSignedOut, leaveSeconds, refreshRequests, signInPeople } from "./people"
import type { Stage } from "./stage"

const SERVERS = 4
const CALLERS = 20
const EXPIRIES = 5
/** Two hours in miniature: callers view pages before, at and after every expiry. */
const LIFETIME_SECONDS = 3
const PROVIDER_MS = 150

/** Does any caller lose a connection if Bitbucket retires a refresh token the moment it is used? */
export async function strictRotation(stage: Stage): Promise<Outcome> {
  const people = await signInPeople(stage, 1)
  const [{ accountUuid }] = people
  const servers = await stage.servers(SERVERS)
  await stage.bitbucket.changeConfig({
    refresh_grace_seconds: 0,
    access_token_ttl_seconds: LIFETIME_SECONDS,
    latency_ms: PROVIDER_MS,
  })
  await leaveSeconds(stage, -1)
  await stage.bitbucket.expireTokens("person-1")

  const view = {
    kind: "view_pages",
    accountUuid,
    callers: CALLERS,
    everyMs: 500,
    forMs: (EXPIRIES - 0.5) * LIFETIME_SECONDS * 1_000,
  } as const
  const answers = (await Promise.all(servers.map((server) => server.ask(view)))).flat()

  const calls = await refreshRequests(stage)
  const rotations = calls.filter(({ status }) => status === 200).length
  const failedCallers = answers.filter(({ outcome }) => outcome !== "served").length
  const signOuts = await countSignedOut(stage, people)
  return {
    scenario: "Strict rotation (grace 0)",
    load: `${SERVERS} servers × ${CALLERS} callers, ${answers.length} page views over ${rotations} expiries, a call to the API each`,
    target: "1.00 calls per expiry, 0 sign-outs",
    callsPerRotation: calls.length / rotations,
    signOuts,
    failedCallers,
    waitsMs: answers.map(({ waitMs }) => waitMs),
    notes: [`shortened: an access token lives ${LIFETIME_SECONDS} s instead of two hours`],
    misses: missesOf({
      [`${EXPIRIES} expiries or more`]: rotations >= EXPIRIES,
      "1.00 provider calls per expiry": calls.length === rotations,
      "0 sign-outs": signOuts === 0 && failedCallers === 0,
    }),
  }
}
