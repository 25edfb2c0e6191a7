import { traceMarkdown } from "../trace/markdown.ts"
import { traceSignIn } from "../trace/sign-in-trace.ts"

/**
 * `npx tsx packages/bitbucket-emulator/scripts/trace.ts`: one whole sign-in through a running application and a running
 * emulator, as Markdown.
 */
// biome-ignore lint/style/noProcessEnv: the only reader of the environment in this program
const { AUTH_URL, BITBUCKET_SITE_URL, EMULATOR_SITE_PORT, PORT, TRACE_PASSWORD, TRACE_USERNAME } = process.env

const appUrl = AUTH_URL || `http://localhost:${PORT || 3000}`
const siteUrl = BITBUCKET_SITE_URL || `http://127.0.0.1:${EMULATOR_SITE_PORT || 4100}`
const username = TRACE_USERNAME || "demo"

if (["127.0.0.1", "localhost", "[::1]"].includes(new URL(siteUrl).hostname)) await main()
else fail(`${siteUrl} is not an emulator on this machine: the trace types no password anywhere else.`)

async function main(): Promise<void> {
  const startUrl = new URL("/oauth/bitbucket/authorize?reason=trace&next=/integrations/bitbucket", appUrl)
  const options = { startUrl, siteUrl, username, password: TRACE_PASSWORD || username }
  try {
    const { hops, endedAt, status } = await traceSignIn(options)
    console.log(traceMarkdown(hops))
    const hasArrived = status === 200 && endedAt.pathname === "/integrations/bitbucket"
    if (!hasArrived) fail(`The sign-in ended at ${endedAt.origin}${endedAt.pathname} with ${status}.`)
  } catch (error) {
    if (!(error instanceof TypeError && error.cause instanceof Error)) throw error
    fail(
      `No server answers at ${appUrl} or ${siteUrl}: start them with \`npm run demo\`. (${error.cause.message})`,
    )
  }
}

function fail(sentence: string): void {
  console.error(sentence)
  process.exitCode = 1
}
