import { createBoundedFetch } from "auth-bitbucket/client"
import { urlsOf } from "@/lib/bitbucket/urls"
import { unparsedEnvironment } from "@/lib/env"
import type { EnvironmentSource } from "@/lib/env/schema"
import { readApiAnswer, tryApi } from "./api"
import { callbackUrlOf, checkAppAddress } from "./app-address"
import { CLIENT_REFUSED, NO_CALLBACK, readClientAnswer, tryClient } from "./client-credentials"
import { checkClocks } from "./clock"
import { checkDatabase } from "./database"
import { inspectEnvironment, type UsableVariables } from "./inspect-environment"
import { checkNode } from "./node"
import type { Answer } from "./probe"
import { KEY_UNKNOWN, readCallbackAnswer, tryCallback } from "./registered-callback"
import { type CheckResult, type CheckState, note } from "./result"
import { bitbucketPlace, sitePlace, troubleOf } from "./trouble"
import { checkVariables, STRAY_CHARACTERS } from "./variables"

/** A second less than people wait for Bitbucket, so that `/setup` comes within six. */
const DEADLINE_MS = 4_000

export type Diagnosis = {
  /** The worst of all results. */
  state: CheckState
  /** The callback URL to register in Bitbucket; null if it is unknown. */
  callbackUrl: string | null
  groups: { title: string; results: CheckResult[] }[]
}

/**
 * Examines a setup: its variables, and with the usable ones, Bitbucket and the database. Works however broken the
 * environment is, changes nothing, and takes about five seconds at most, or twelve if the database is silent.
 *
 * One cause is one finding: it leaves out what it cannot try because of another finding.
 *
 * @param source the environment; the process's own unless given
 * @param seenOrigin where a person opened the app, if one did
 */
export async function examine(
  source: EnvironmentSource = unparsedEnvironment(),
  seenOrigin?: string,
): Promise<Diagnosis> {
  const { readings, usable, names } = inspectEnvironment(source)
  const callbackUrl = callbackUrlOf(usable, seenOrigin)
  const [bitbucket, database] = await Promise.all([
    checkBitbucket(usable, callbackUrl),
    usable.DATABASE_URL ? checkDatabase(usable.DATABASE_URL, usable.DATABASE_SCHEMA) : nothingToTry,
  ])
  const { variables, client } = blameStrayCharacters(
    withoutWarningsOf(database.results, checkVariables(readings, usable, names)),
    bitbucket.client,
  )
  const clocks = checkClocks({ bitbucket: bitbucket.clockAheadSeconds, database: database.clockAheadSeconds })
  const groups = [
    { title: "Environment", results: [...variables, checkNode()] },
    { title: "Callback URL", results: [...checkAppAddress(usable, seenOrigin), ...bitbucket.callback] },
    { title: "Bitbucket", results: [...client, ...bitbucket.reached] },
    { title: "Database", results: database.results },
    { title: "Clocks", results: clocks },
  ].filter(({ results }) => results.length > 0)
  const states = new Set(groups.flatMap(({ results }) => results.map(({ state }) => state)))
  const state = (["failed", "warning"] as const).find((one) => states.has(one)) ?? "ok"
  return { state, callbackUrl, groups }
}

const nothingToTry = { results: [], clockAheadSeconds: null }

type Bitbucket = {
  client: CheckResult[]
  callback: CheckResult[]
  /** Whether Bitbucket's two origins answer. */
  reached: CheckResult[]
  clockAheadSeconds: number | null
}

async function checkBitbucket(usable: UsableVariables, callbackUrl: string | null): Promise<Bitbucket> {
  const { AUTH_BITBUCKET_ID: key, AUTH_BITBUCKET_SECRET: secret } = usable
  const { BITBUCKET_KIND = "cloud", BITBUCKET_SITE_URL, BITBUCKET_API_URL } = usable
  const nothing = { client: [], callback: [], reached: [], clockAheadSeconds: null }
  if (BITBUCKET_KIND === "datacenter") return { ...nothing, client: [notTriedOnDataCenter] }
  if (!BITBUCKET_SITE_URL || !BITBUCKET_API_URL) return nothing

  const endpoints = urlsOf({ BITBUCKET_KIND, BITBUCKET_SITE_URL, BITBUCKET_API_URL })
  const origins = [BITBUCKET_SITE_URL, BITBUCKET_API_URL].map((address) => new URL(address).origin)
  const fetch = createBoundedFetch({ origins, deadlineMs: DEADLINE_MS })
  const [client, callback, api] = await Promise.all([
    key && secret ? tryClient(endpoints.token, { key, secret }, callbackUrl, fetch) : null,
    key && callbackUrl ? tryCallback(endpoints.authorize, key, callbackUrl, fetch) : null,
    tryApi(endpoints.user, fetch),
  ])
  const clockAheadSeconds = api.kind === "answer" ? api.clockAheadSeconds : null
  const unreached = unreachedOf([client, callback], api)
  if (unreached) return { ...nothing, reached: unreached, clockAheadSeconds }
  return {
    ...blameKey(
      client && key && secret ? [readClientAnswer(client, { key, secret })] : [],
      callback && callbackUrl ? [readCallbackAnswer(callback, callbackUrl)] : [],
    ),
    reached: [readApiAnswer(api)],
    clockAheadSeconds,
  }
}

const notTriedOnDataCenter = note(
  "bitbucket.client",
  "not_tried_on_data_center",
  "The key, the secret and the callback URL cannot be tried on Bitbucket Data Center",
  "sign in once to try them",
)

/** If the site does not answer, there is one finding for it, which includes the API if that fails in the same way. */
function unreachedOf(ofSite: readonly (Answer | null)[], ofApi: Answer): CheckResult[] | null {
  const trouble = ofSite.find(
    (answer) => answer && troubleOf("bitbucket.site", answer, sitePlace)?.state === "failed",
  )
  // A redirect of the sign-in page is fine, and each check reports a response that is not Bitbucket's by itself.
  if (!trouble || trouble.kind === "redirect" || trouble.kind === "too_long") return null
  const site = troubleOf("bitbucket.site", trouble, sitePlace)
  const api = readApiAnswer(ofApi)
  if (!site) return null
  if (api.code !== site.code) return [site, api]
  const both = troubleOf("bitbucket.reachable", trouble, bitbucketPlace)
  return both ? [both] : [site]
}

/** Warnings about the address of a database matter only once the database answers. */
function withoutWarningsOf(database: readonly CheckResult[], variables: CheckResult[]): CheckResult[] {
  const isReached = database[0]?.state === "ok"
  return variables.filter(
    ({ id, state }) => isReached || id !== "variable.DATABASE_URL" || state !== "warning",
  )
}

/** Both endpoints refuse a key that Bitbucket does not know, and a client without a callback URL. */
function blameKey(client: CheckResult[], callback: CheckResult[]): Pick<Bitbucket, "client" | "callback"> {
  const [ofClient, ofCallback] = [client[0]?.code, callback[0]?.code]
  if (ofClient === CLIENT_REFUSED && ofCallback === KEY_UNKNOWN) return { client: callback, callback: [] }
  if (ofClient === NO_CALLBACK && ofCallback === NO_CALLBACK) return { client: [], callback }
  return { client, callback }
}

/** If Bitbucket refuses a key or secret with a pasted space in it, the space is the cause. */
function blameStrayCharacters(variables: CheckResult[], client: CheckResult[]) {
  const isStray = ({ id, code }: CheckResult) =>
    code === STRAY_CHARACTERS && /AUTH_BITBUCKET_(ID|SECRET)$/.test(id)
  const isRefused = client.some(({ code }) => code === CLIENT_REFUSED || code === KEY_UNKNOWN)
  if (!isRefused || !variables.some(isStray)) return { variables, client }
  return {
    variables: variables.map((result) =>
      isStray(result) ? { ...result, state: "failed" as const } : result,
    ),
    client: [],
  }
}
