import { createInterface } from "node:readline/promises"
import { createBoundedFetch } from "auth-bitbucket/client"
import { EnvironmentError, parseBitbucketPlace } from "@/lib/env"
import { chooseSecretOutput, NO_PLACE_FOR_A_SECRET, putSecret } from "@/scripts/secret-output"
import { createOAuth1Client } from "../../lib/oauth1/client"
import { oauth1Endpoints } from "../../lib/oauth1/endpoints"
import { readConsumer } from "../../lib/oauth1/environment"
import { OAuth1Error } from "../../lib/oauth1/errors"

/**
 * `npx tsx scripts/oauth1/token.ts`: the original flow, with a PIN that the user copies. `--out token.json`
 * for a file.
 */
try {
  process.exitCode = await main()
} catch (error) {
  const isKnown = error instanceof EnvironmentError || error instanceof OAuth1Error
  process.stderr.write(`${isKnown ? error.message : "It did not work."}\n`)
  process.exitCode = 1
}

async function main(): Promise<number> {
  const output = chooseSecretOutput(process.argv)
  const consumer = readConsumer()
  if (!output || !consumer) {
    const missing = "BITBUCKET_OAUTH1_KEY is required, with its secret or private key."
    process.stderr.write(`${output ? missing : NO_PLACE_FOR_A_SECRET}\n`)
    return 1
  }
  const place = parseBitbucketPlace()
  const siteOrigin = new URL(place.BITBUCKET_SITE_URL).origin
  const client = createOAuth1Client({
    ...consumer,
    endpoints: oauth1Endpoints(place),
    fetch: createBoundedFetch({ origins: [siteOrigin] }),
  })
  const requestToken = await client.obtainRequestToken("oob")
  process.stdout.write(`Visit ${client.authenticateUrl(requestToken.token)}\n`)

  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const pin = (await terminal.question("PIN: ")).trim()
  terminal.close()
  const { token, secret } = await client.obtainAccessToken(requestToken, pin)
  await putSecret(output, { oauth_token: token, oauth_token_secret: secret })
  return 0
}
