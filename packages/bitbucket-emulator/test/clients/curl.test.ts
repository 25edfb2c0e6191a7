import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { expect, test } from "vitest"
import { loadSeed } from "../../seed.ts"
import { demoClient, obtainCode, obtainTokens } from "../oauth-client.ts"
import { withEmulator } from "../with-emulator.ts"

const emulator = withEmulator()
const run = promisify(execFile)

/** curl with the options of Bitbucket's own examples: `curl -X POST -u "key:secret" … -d grant_type=…`. */
async function curlToken(...fields: string[]): Promise<Record<string, unknown>> {
  return curl(
    "-X",
    "POST",
    "-u",
    `${demoClient.key}:${demoClient.secret}`,
    `${emulator.current.siteUrl}/site/oauth2/access_token`,
    ...fields.flatMap((field) => ["-d", field]),
  )
}

async function curl(...args: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await run("curl", ["--silent", "--show-error", "--max-time", "5", ...args])
  return JSON.parse(stdout)
}

test("curl exchanges a code for tokens and calls the API with them", async () => {
  const code = await obtainCode(emulator.current)
  const tokens = await curlToken("grant_type=authorization_code", `code=${code}`)
  expect(tokens).toMatchObject({ token_type: "bearer", scope: "account email" })
  const authorization = `Authorization: Bearer ${tokens.access_token}`
  expect(await curl("--header", authorization, `${emulator.current.apiUrl}/2.0/user`)).toMatchObject({
    username: "demo",
  })
})

test("curl refreshes", async () => {
  const { refreshToken } = await obtainTokens(emulator.current)
  const tokens = await curlToken("grant_type=refresh_token", `refresh_token=${refreshToken}`)
  expect(tokens).toMatchObject({ state: "refresh_token", refresh_token: expect.any(String) })
})

test("curl obtains a token for the client itself (BB-C8)", async () => {
  await emulator.current.control.changeConfig({ contract: "2017" })
  const { clients } = loadSeed("default")
  const { key, secret } = clients.find(({ is_private }) => is_private) ?? demoClient
  const address = `${emulator.current.siteUrl}/site/oauth2/access_token`
  const tokens = await curl(
    "-X",
    "POST",
    "-u",
    `${key}:${secret}`,
    address,
    "-d",
    "grant_type=client_credentials",
  )
  expect(tokens).toMatchObject({ state: "client_credentials", token_type: "bearer" })
})

test("curl without a grant gets the error for that (BB-E3)", async () => {
  expect(await curlToken()).toEqual({
    error_description: "Unsupported grant type: None",
    error: "invalid_grant",
  })
})
