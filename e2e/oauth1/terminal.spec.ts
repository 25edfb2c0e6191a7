import { type ChildProcess, spawn } from "node:child_process"
import { readFile, stat } from "node:fs/promises"
import { createOAuth1Client } from "../../lib/oauth1/client"
import { expect, test } from "../fixtures"
import { hmacConsumer } from "./legacy-app"

/** Runs a script of package.json with its output redirected into a file. */
function startProgram(script: string, args: string[], environment: Record<string, string>) {
  const child = spawn(process.execPath, ["--import", "tsx", script, ...args], {
    env: { ...process.env, ...environment },
  })
  let output = ""
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      output += chunk
    })
  return {
    child,
    output: () => output,
    exitCode: ended(child),
    address: async () => {
      await expect.poll(() => output).toMatch(/Visit \S+/)
      return /Visit (\S+)/.exec(output)?.[1] ?? ""
    },
  }
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("close", resolve))
}

const script = "scripts/oauth1/token.ts"

test("the terminal program prints a URL, takes the PIN, and writes the tokens for the API to a file for its owner", async ({
  page,
  bitbucket,
  emulator,
}, testInfo) => {
  await emulator.control.changeConfig({ oauth1: "on" })
  const file = testInfo.outputPath("token.json")
  const program = startProgram(script, ["--out", file], {
    ...hmacConsumer,
    BITBUCKET_SITE_URL: emulator.siteUrl,
    BITBUCKET_API_URL: emulator.apiUrl,
  })
  await page.goto(await program.address())
  await bitbucket.signInAndAllow()
  const pin = await page.locator("#verifier").textContent()
  program.child.stdin?.end(`${pin}\n`)
  expect(await program.exitCode).toBe(0)

  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const { oauth_token: token, oauth_token_secret: secret } = JSON.parse(await readFile(file, "utf8"))
  expect(program.output()).not.toContain(secret)
  const client = createOAuth1Client({
    endpoints: { requestToken: "", authenticate: "", accessToken: "" },
    fetch,
    consumerKey: hmacConsumer.BITBUCKET_OAUTH1_KEY,
    key: { method: "HMAC-SHA1", consumerSecret: hmacConsumer.BITBUCKET_OAUTH1_SECRET },
  })
  const url = `${emulator.apiUrl}/2.0/user`
  const authorization = client.sign({ method: "GET", url, credentials: { token, secret } })
  const response = await fetch(url, { headers: { authorization } })
  expect(await response.json()).toMatchObject({ username: "demo" })
})

test("into a pipe it prints no secret, and if Bitbucket has retired OAuth 1.0a, it says so", async ({
  emulator,
}) => {
  const environment = { ...hmacConsumer, BITBUCKET_SITE_URL: emulator.siteUrl }
  const piped = startProgram(script, [], environment)
  expect(await piped.exitCode).toBe(1)
  expect(piped.output()).toContain("to a terminal only")
  expect(await emulator.control.listRequests()).toEqual([])
  const gone = startProgram(script, ["--out", "unused.json"], environment)
  expect(await gone.exitCode).toBe(1)
  expect(gone.output()).toContain("OAuth 1.0a: refused")
})
