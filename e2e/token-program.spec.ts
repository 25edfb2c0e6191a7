import { spawn } from "node:child_process"
import { readFile, stat } from "node:fs/promises"
import { freePort } from "../scripts/server-process"
import { expect, test } from "./fixtures"

test("npx tsx scripts/token.ts receives the callback on this machine and writes the tokens to a file for its owner", async ({
  page,
  bitbucket,
  emulator,
  environment,
}, testInfo) => {
  const port = await freePort()
  const callback = `http://127.0.0.1:${port}/token`
  await emulator.control.reset({
    people: [{ username: "demo", password: "demo" }],
    clients: [
      {
        key: environment.AUTH_BITBUCKET_ID ?? "",
        secret: environment.AUTH_BITBUCKET_SECRET ?? "",
        name: "Demo",
        callback_url: callback,
        scopes: ["account"],
      },
    ],
  })
  await emulator.control.changeConfig({ pkce: "enforce" })
  const file = testInfo.outputPath("token.json")
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "scripts/token.ts", "--callback", callback, "--out", file],
    { env: { ...process.env, ...environment } },
  )
  let output = ""
  child.stdout.on("data", (chunk) => {
    output += chunk
  })
  const exitCode = new Promise((resolve) => child.once("close", resolve))
  await expect.poll(() => output).toMatch(/Visit \S+/)
  expect((await fetch(`${callback}?code=forged&state=forged`)).status).toBe(404)

  await page.goto(/Visit (\S+)/.exec(output)?.[1] ?? "")
  await bitbucket.signInAndAllow()
  await expect(page.getByRole("heading", { name: "Done" })).toBeVisible()
  await expect(page.getByText("Go back to the terminal")).toBeVisible()
  expect(await exitCode).toBe(0)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const tokens = JSON.parse(await readFile(file, "utf8"))
  expect(output).not.toContain(tokens.access_token)
  const headers = { authorization: `Bearer ${tokens.access_token}` }
  expect((await fetch(`${emulator.apiUrl}/2.0/user`, { headers })).status).toBe(200)
})
