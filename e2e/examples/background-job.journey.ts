import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, test } from "@playwright/test"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { Client } from "pg"
import { run } from "../../scripts/run"
import { freePort, startServer } from "../../scripts/server-process"
import { createEmptyDatabase } from "../app-server"
import { BitbucketPages } from "../pages/bitbucket-pages"
import { refreshRequests } from "../person"
import { expireTokens, installExample, reposClient } from "./example"

test("workers write for a person whose tokens have expired: each job once, after one refresh", async ({
  page,
}) => {
  const folder = await installExample("background-job")
  const port = await freePort()
  const emulator = await startEmulator({ port: 0, callbackUrl: `http://localhost:${port}` })
  const api = await startWritableApi(emulator)
  const databaseUrl = await createEmptyDatabase("example_background_job")
  const environment = {
    PORT: String(port),
    TOKEN_SECRET: "a secret of the example, 32 characters or more",
    BITBUCKET_CLIENT_ID: reposClient.id,
    BITBUCKET_CLIENT_SECRET: reposClient.secret,
    BITBUCKET_SITE_URL: emulator.siteUrl,
    BITBUCKET_API_URL: api.url,
    DATABASE_URL: databaseUrl,
  }
  const runProgram = async (file: string, args: string[] = [], changes = {}) => {
    const { exitCode, output } = await run([process.execPath, file, ...args], {
      cwd: folder,
      env: { ...environment, ...changes },
      isQuiet: true,
    })
    expect(exitCode, output).toBe(0)
    return output
  }

  const enqueue = (account: string, commit: string, state: string) =>
    runProgram("enqueue.js", [account, "demo/hello-world", commit, state])

  const connect = startServer("connect.js", ["connect.js"], environment, { folder })
  try {
    await expect.poll(connect.output).toContain("Open http")
    await page.goto(connect.output().replace("Open ", ""))
    await new BitbucketPages(page).signInAndAllow("demo")
    await expect(page.getByText("Connected.")).toBeVisible()
    await expect.poll(() => connect.process.exitCode).toBe(0)
    const [account = ""] = /\{[0-9a-f-]{36}\}/.exec(connect.output()) ?? []

    for (const commit of ["aaa1111", "bbb2222", "ccc3333", "ddd4444"]) {
      await enqueue(account, commit, "SUCCESSFUL")
    }
    await expireTokens(emulator, "demo", databaseUrl)
    await Promise.all([runProgram("worker.js"), runProgram("worker.js")])

    expect(api.writes.toSorted((a, b) => a.path.localeCompare(b.path))).toEqual(
      ["aaa1111", "bbb2222", "ccc3333", "ddd4444"].map((commit) => ({
        path: `/2.0/repositories/demo/hello-world/commit/${commit}/statuses/build`,
        as: "Demo Person",
        body: { key: "example-worker", state: "SUCCESSFUL", url: "https://ci.example.com/builds" },
      })),
    )
    expect(await jobsIn(databaseUrl)).toEqual(Array(4).fill({ status: "done", reason: null }))
    expect(await refreshRequests(emulator)).toMatchObject([{ status: 200 }])

    // Bitbucket refuses the token before this worker knows that it has expired.
    await emulator.control.expireTokens("demo")
    await enqueue(account, "eee5555", "FAILED")
    await runProgram("worker.js")
    expect(api.writes).toHaveLength(5)
    expect(await refreshRequests(emulator)).toHaveLength(2)

    // The emulator itself serves no commits.
    await enqueue(account, "1f3c0de", "FAILED")
    expect(await runProgram("worker.js", [], { BITBUCKET_API_URL: emulator.apiUrl })).toContain(
      "failed not_found",
    )

    await emulator.control.revokeGrants("demo")
    await expireTokens(emulator, "demo", databaseUrl)
    await enqueue(account, "fff6666", "FAILED")
    expect(await runProgram("worker.js")).toContain("needs_sign_in ended")
    expect(api.writes).toHaveLength(5)
  } finally {
    await connect.stop()
    await api.close()
    await emulator.close()
  }
})

type Write = { path: string; as: unknown; body: unknown }

/**
 * The emulator accepts no writes. This proxy in front of its API accepts build statuses, from callers whose token the emulator
 * accepts; everything else it passes on.
 */
async function startWritableApi({ apiUrl }: Emulator) {
  const writes: Write[] = []
  const server = createServer(async (request, response) => {
    const { url: path = "/", headers, method } = request
    const authorization = headers.authorization ?? ""
    const isWrite = method === "POST" && path.endsWith("/statuses/build")
    const answer = await fetch(`${apiUrl}${isWrite ? "/2.0/user" : path}`, { headers: { authorization } })
    const text = await answer.text()
    if (isWrite && answer.ok) {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      writes.push({
        path,
        as: JSON.parse(text).display_name,
        body: JSON.parse(Buffer.concat(chunks).toString()),
      })
    }
    response.writeHead(isWrite && answer.ok ? 201 : answer.status, { "content-type": "application/json" })
    response.end(isWrite && answer.ok ? "{}" : text)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    writes,
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  }
}

async function jobsIn(databaseUrl: string) {
  const client = new Client(databaseUrl)
  await client.connect()
  const { rows } = await client.query("select status, reason from build_status_job order by id")
  await client.end()
  return rows
}
