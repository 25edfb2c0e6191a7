/** Connects one account: prints an address to open in a browser, waits until the person comes back, and ends. */
import { createHash, randomBytes } from "node:crypto"
import { createServer } from "node:http"
import { createClient } from "auth-bitbucket/client"
import { connections, database, migrate, urls } from "./bitbucket.js"
import { settings } from "./settings.js"

const { clientId, clientSecret, port } = settings
const redirectUri = `http://localhost:${port}/callback`
const state = randomBytes(16).toString("base64url")
const verifier = randomBytes(32).toString("base64url")

const authorizationRequest = new URL(urls.authorize)
authorizationRequest.search = new URLSearchParams({
  response_type: "code",
  client_id: clientId,
  redirect_uri: redirectUri,
  scope: "account repository",
  state,
  code_challenge: createHash("sha256").update(verifier).digest("base64url"),
  code_challenge_method: "S256",
}).toString()

await migrate()
const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", redirectUri)
  if (pathname !== "/callback" || searchParams.get("state") !== state) return response.writeHead(404).end()
  try {
    const account = await connect(searchParams.get("code") ?? "")
    response.end("Connected. You can close this page.")
    console.log(account)
  } catch (error) {
    response.writeHead(502).end("Not connected.")
    console.error(error)
    process.exitCode = 1
  }
  server.close()
  server.closeAllConnections()
  await database.end()
})
server.listen(port, "127.0.0.1", () => console.log(`Open ${authorizationRequest}`))

/** Exchanges the code, asks whose tokens they are, and stores them. */
async function connect(code) {
  const response = await fetch(urls.token, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}` },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }),
  })
  if (!response.ok) throw new Error(`The token endpoint answered ${response.status}`)
  const tokens = await response.json()
  const { uuid } = await createClient({ getToken: () => tokens.access_token, urls }).user()
  await connections.save(tokens, uuid)
  return uuid
}
