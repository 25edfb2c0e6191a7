import type { Answer, Silence } from "./probe"
import { type CheckResult, failed, warning } from "./result"

/** The origin that we ask, and the variables that set it. */
export type Place = { who: string; variable: string }

export const bitbucketPlace: Place = {
  who: "Bitbucket",
  variable: "BITBUCKET_SITE_URL and BITBUCKET_API_URL",
}
export const sitePlace: Place = { who: "Bitbucket's site", variable: "BITBUCKET_SITE_URL" }
export const apiPlace: Place = { who: "Bitbucket's API", variable: "BITBUCKET_API_URL" }

const proxies = "(behind a proxy, set HTTPS_PROXY and NODE_USE_ENV_PROXY=1, which Node 24 reads)"

const silences: Record<Silence, (place: Place) => [code: string, cause: string, fix: string]> = {
  timeout: ({ who }) => [
    "bitbucket_silent",
    `${who} did not answer in time`,
    `try again, and if that does not help, look for a firewall between here and Bitbucket ${proxies}`,
  ],
  unknown_host: ({ who, variable }) => [
    "bitbucket_host_unknown",
    `${who} cannot be found, since the host name in ${variable} has no address here`,
    `correct ${variable}, or this machine's DNS ${proxies}`,
  ],
  refused: ({ who, variable }) => [
    "bitbucket_not_listening",
    `${who} is not there: nothing listens at ${variable}`,
    `correct ${variable}, or start the emulator with \`npm run emulator\` if that is what you mean`,
  ],
  certificate: ({ who }) => [
    "bitbucket_certificate",
    `${who} cannot be trusted, since this machine does not accept its certificate`,
    "name the certificate of the proxy that opens TLS in NODE_EXTRA_CA_CERTS",
  ],
  broken: ({ who }) => [
    "bitbucket_connection_broken",
    `${who} closed the connection`,
    `try again later, since it may be down ${proxies}`,
  ],
}

/**
 * Recognizes a response that does not answer the question: an outage, a rate limit, or another server in Bitbucket's place.
 *
 * @returns null if it does answer the question
 */
export function troubleOf(id: string, answer: Answer, place: Place): CheckResult | null {
  const { who } = place
  if (answer.kind === "silence") return failed(id, ...silences[answer.why](place))
  if (answer.kind !== "answer") return notBitbucket(id, place)
  if (answer.status === 429)
    return warning(
      id,
      "bitbucket_paused",
      `${who} answers 429, too many requests, so this could not be checked`,
      `try again in ${answer.retryAfterSeconds === null ? "a few minutes" : `${answer.retryAfterSeconds} seconds`}`,
    )
  if (answer.status >= 500)
    return failed(
      id,
      "bitbucket_down",
      `${who} answers ${answer.status}, so it is down and no one new can sign in`,
      "wait, and see https://bitbucket.status.atlassian.com (signed-in people stay signed in)",
    )
  return null
}

/** An answer that is not Bitbucket's. */
export function notBitbucket(id: string, { who, variable }: Place): CheckResult {
  return failed(
    id,
    "bitbucket_not_recognized",
    `${who} does not answer as Bitbucket does, but with a page, a redirect or something else`,
    `correct ${variable}, or look for a proxy, a firewall or a maintenance page that answers in Bitbucket's place`,
  )
}
