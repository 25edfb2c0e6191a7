import { createHash, randomBytes } from "node:crypto"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { parseArgs } from "node:util"
import { createBoundedFetch } from "auth-bitbucket/client"
import { clientSecretBasic } from "auth-bitbucket/connections"
import { z } from "zod"
import { EnvironmentError, parseBitbucketPlace, parseVariables } from "../lib/env"
import { chooseSecretOutput, NO_PLACE_FOR_A_SECRET, putSecret } from "./secret-output"

/**
 * `npx tsx scripts/token.ts`: an access token, to try the API with curl. Prints the address to visit, takes
 * the answer on this machine (RFC 8252 §7.3), and prints the tokens.
 *
 * `-- --callback http://127.0.0.1:3001/token` where the OAuth client's callback URL needs another address, which
 * must be one of this machine; `--out token.json` for a file.
 */
const PATIENCE_MS = 10 * 60_000

const variables = z.object({
  AUTH_BITBUCKET_ID: z.string("is required: the key of your Bitbucket OAuth client"),
  AUTH_BITBUCKET_SECRET: z.string("is required: the secret of your Bitbucket OAuth client"),
  BITBUCKET_SCOPES: z.string().default(""),
})

/** Says its icon itself: by the time a browser asked for one, this program would have ended. */
const DONE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Done</title><link rel="icon" href="data:,">
<h1>Done</h1><p>Go back to the terminal and close this page.</p></html>
`

/** An error that the person can do something about. */
class Refusal extends Error {}

const random = () => randomBytes(32).toString("base64url")

try {
  await main()
} catch (error) {
  console.error(
    error instanceof EnvironmentError || error instanceof Refusal ? error.message : "It did not work.",
  )
  process.exitCode = 1
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      callback: { type: "string", default: "http://127.0.0.1:0/callback" },
      out: { type: "string" },
    },
  })
  const output = chooseSecretOutput(process.argv)
  if (!output) throw new Refusal(NO_PLACE_FOR_A_SECRET)
  const client = parseVariables(variables, process.env)
  const { BITBUCKET_KIND, BITBUCKET_SITE_URL: site } = parseBitbucketPlace()
  const isCloud = BITBUCKET_KIND === "cloud"
  const [state, verifier] = [random(), random()]

  const answer = await listen(values.callback, state)
  const authorize = new URL(`${site}${isCloud ? "/site/oauth2/authorize" : "/rest/oauth2/latest/authorize"}`)
  const parameters = {
    client_id: client.AUTH_BITBUCKET_ID,
    response_type: "code",
    redirect_uri: answer.callback,
    state,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...(client.BITBUCKET_SCOPES && { scope: client.BITBUCKET_SCOPES }),
  }
  for (const [name, value] of Object.entries(parameters)) authorize.searchParams.set(name, value)
  process.stdout.write(`Visit ${authorize}\n`)

  const code = await answer.code
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    code,
    redirect_uri: answer.callback,
    code_verifier: verifier,
  })
  const headers = new Headers()
  const { AUTH_BITBUCKET_ID: id, AUTH_BITBUCKET_SECRET: secret } = client
  if (isCloud) headers.set("authorization", clientSecretBasic(id, secret))
  else
    for (const [name, value] of Object.entries({ client_id: id, client_secret: secret }))
      body.set(name, value)
  const boundedFetch = createBoundedFetch({ origins: [new URL(site).origin] })
  const response = await boundedFetch(
    `${site}${isCloud ? "/site/oauth2/access_token" : "/rest/oauth2/latest/token"}`,
    { method: "POST", headers, body },
  )
  const reply: unknown = await response.json().catch(() => null)
  const tokens = z.looseObject({ access_token: z.string() }).safeParse(reply)
  if (!response.ok || !tokens.success)
    throw new Refusal(`Bitbucket gave no token (status ${response.status}).`)
  await putSecret(output, tokens.data)
}

/** Waits for one answer to this request, on this machine only, and refuses everything else. */
async function listen(callback: string, state: string): Promise<{ callback: string; code: Promise<string> }> {
  const url = URL.canParse(callback) ? new URL(callback) : null
  if (url?.protocol !== "http:" || !["127.0.0.1", "localhost"].includes(url.hostname))
    throw new Refusal("The callback must be an http address of this machine.")
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once("error", () => reject(new Refusal(`Port ${url.port} is taken.`)))
    server.listen(Number(url.port || 80), url.hostname, resolve)
  })
  url.port = String((server.address() as AddressInfo).port)

  const code = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Refusal("No answer came within ten minutes. Run the program again.")),
      PATIENCE_MS,
    )
    server.on("request", (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", url)
      const isAnswer = pathname === url.pathname && searchParams.get("state") === state
      response.writeHead(isAnswer ? 200 : 404, { "content-type": "text/html", connection: "close" })
      response.end(isAnswer ? DONE : "Not found.\n")
      if (!isAnswer) return
      clearTimeout(timer)
      server.close()
      const given = searchParams.get("code")
      if (given) resolve(given)
      else reject(new Refusal("Access was refused at Bitbucket."))
    })
  })
  return { callback: url.href, code }
}
