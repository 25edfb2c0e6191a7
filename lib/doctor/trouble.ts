import type { Answer, Silence } from "./probe"
import { type CheckResult, failed, warning } from "./result"

type VariableOfOrigin = "BITBUCKET_SITE_URL" | "BITBUCKET_API_URL"

const proxies = "Behind a proxy: Node reads HTTPS_PROXY only in newer versions, with NODE_USE_ENV_PROXY=1."

/** Each to be read after who did not answer. */
const silences: Record<Silence, (variable: VariableOfOrigin) => [sentence: string, remedy: string]> = {
  timeout: () => [
    "did not answer in time.",
    `Try again; if it stays, something between here and Bitbucket holds the request back. ${proxies}`,
  ],
  unknown_host: (variable) => [
    `cannot be found: the host of ${variable} has no address here.`,
    `Correct ${variable}, or this machine's DNS. ${proxies}`,
  ],
  refused: (variable) => [
    `is not there: nothing listens at ${variable}.`,
    `Correct ${variable}; if that is the emulator, start it with \`npm run emulator\`.`,
  ],
  certificate: () => [
    "cannot be trusted: its certificate is not one that this machine accepts.",
    "A proxy that opens TLS is in between: name its certificate in NODE_EXTRA_CA_CERTS.",
  ],
  broken: () => ["broke the connection off.", `Try again; it may be down. ${proxies}`],
}

/**
 * What an answer means that has nothing to do with what was asked.
 *
 * @param who begins the sentence
 * @param variable names the origin that was asked
 * @returns null where the answer is about the question
 */
export function troubleOf(
  id: string,
  answer: Answer,
  { who, variable }: { who: string; variable: VariableOfOrigin },
): CheckResult | null {
  if (answer.kind === "silence") {
    const [sentence, remedy] = silences[answer.why](variable)
    return failed(id, `${who} ${sentence}`, remedy)
  }
  if (answer.kind !== "answer") return notBitbucket(id, who, variable)
  if (answer.status === 429)
    return warning(
      id,
      `${who} asks for a pause (429), so this could not be tried.`,
      pause(answer.retryAfterSeconds),
    )
  if (answer.status >= 500)
    return failed(
      id,
      `${who} answers ${answer.status}: it is down, and nobody can sign in for the moment.`,
      "Wait; Atlassian's status page says more. Who is signed in stays so.",
    )
  return null
}

/** An answer of another kind than Bitbucket's. */
export function notBitbucket(id: string, who: string, variable: VariableOfOrigin): CheckResult {
  return failed(
    id,
    `${who} does not answer as Bitbucket does: a page, a redirect or something else came back.`,
    `Correct ${variable}. If it is right, a proxy, a firewall or a maintenance page answers in Bitbucket's place.`,
  )
}

function pause(seconds: number | null): string {
  return seconds === null ? "Try again in a few minutes." : `Try again in ${seconds} seconds.`
}
