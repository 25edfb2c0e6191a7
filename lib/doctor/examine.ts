import { boundedFetch } from "@/lib/bitbucket/bounded-fetch"
import { withDeadline } from "@/lib/bitbucket/deadline"
import { bitbucketEndpoints } from "@/lib/bitbucket/endpoints"
import { unparsedEnvironment } from "@/lib/env"
import type { EnvironmentSource } from "@/lib/env-schema"
import { readApiAnswer, tryApi } from "./api"
import { callbackUrlOf, checkAppAddress } from "./app-address"
import { readClientAnswer, tryClient } from "./client-credentials"
import { checkClock } from "./clock"
import { checkDatabase } from "./database"
import { inspectEnvironment, type UsableVariables } from "./inspect-environment"
import { checkNode } from "./node"
import { readCallbackAnswer, tryCallback } from "./registered-callback"
import { type CheckResult, type CheckState, warning } from "./result"
import { checkVariables } from "./variables"

/** A second less than people wait for Bitbucket, so that the page which says so comes within six. */
const DEADLINE_MS = 4_000

export type Diagnosis = {
  /** The worst of all results. */
  state: CheckState
  /** The callback URL to register in Bitbucket; null where it cannot be known. */
  callbackUrl: string | null
  groups: { title: string; results: CheckResult[] }[]
}

/**
 * Examines a setup: its variables, and with those that can be used, Bitbucket and the database. Works however broken
 * the environment is, changes nothing, and takes some five seconds at the most.
 *
 * @param source the environment; the process's own unless given
 * @param seenOrigin where the app is being looked at, if it is
 */
export async function examine(
  source: EnvironmentSource = unparsedEnvironment(),
  seenOrigin?: string,
): Promise<Diagnosis> {
  const { readings, usable, names } = inspectEnvironment(source)
  const callbackUrl = callbackUrlOf(usable, seenOrigin)
  const [bitbucket, database] = await Promise.all([
    checkBitbucket(usable, callbackUrl),
    usable.DATABASE_URL
      ? checkDatabase(usable.DATABASE_URL, usable.DATABASE_SCHEMA)
      : [notTried("database.reachable", "the database")],
  ])
  const groups = [
    { title: "Environment", results: [...checkVariables(readings, usable, names), checkNode()] },
    { title: "Callback URL", results: [...checkAppAddress(usable, seenOrigin), bitbucket.callback] },
    { title: "Bitbucket", results: bitbucket.results },
    { title: "Database", results: database },
  ]
  const states = new Set(groups.flatMap(({ results }) => results.map(({ state }) => state)))
  const state = (["failed", "warning"] as const).find((one) => states.has(one)) ?? "ok"
  return { state, callbackUrl, groups }
}

async function checkBitbucket(
  usable: UsableVariables,
  callbackUrl: string | null,
): Promise<{ callback: CheckResult; results: CheckResult[] }> {
  const { AUTH_BITBUCKET_ID: key, AUTH_BITBUCKET_SECRET: secret } = usable
  const { BITBUCKET_KIND = "cloud", BITBUCKET_SITE_URL, BITBUCKET_API_URL } = usable
  const endpoints =
    BITBUCKET_SITE_URL &&
    BITBUCKET_API_URL &&
    bitbucketEndpoints({ BITBUCKET_KIND, BITBUCKET_SITE_URL, BITBUCKET_API_URL })
  if (BITBUCKET_KIND === "datacenter")
    return {
      callback: notTriedHere("callback.registered", "the callback URL"),
      results: [notTriedHere("bitbucket.client", "the key and the secret")],
    }
  if (!endpoints)
    return {
      callback: notTried("callback.registered", "the callback URL"),
      results: [notTried("bitbucket.client", "the key and the secret"), notTried("bitbucket.api", "the API")],
    }

  const fetch: typeof globalThis.fetch = (input, init) =>
    withDeadline(DEADLINE_MS, (signal) =>
      boundedFetch(input, { ...init, signal }, [BITBUCKET_SITE_URL, BITBUCKET_API_URL]),
    )
  const [client, callback, api] = await Promise.all([
    key && secret && tryClient(endpoints.token, { key, secret }, callbackUrl, fetch),
    key && callbackUrl && tryCallback(endpoints.authorize, key, callbackUrl, fetch),
    tryApi(endpoints.user, fetch),
  ])
  return {
    callback:
      callback && callbackUrl
        ? readCallbackAnswer(callback, callbackUrl)
        : notTried("callback.registered", "the callback URL"),
    results: [
      client && key && secret
        ? readClientAnswer(client, { key, secret })
        : notTried("bitbucket.client", "the key and the secret"),
      readApiAnswer(api),
      ...(api.kind === "answer" && api.clockAheadSeconds !== null
        ? [checkClock("bitbucket", api.clockAheadSeconds)]
        : []),
    ],
  }
}

/** What is asked of Bitbucket, and how its answers are read, is Cloud's. */
function notTriedHere(id: string, what: string): CheckResult {
  return warning(id, `Not tried: ${what}, on Bitbucket Data Center.`, "Sign in once to try it.")
}

function notTried(id: string, what: string): CheckResult {
  return warning(id, `Not tried: ${what}, for want of a variable.`, "Mend the environment first.")
}
