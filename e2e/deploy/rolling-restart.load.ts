import { setTimeout as wait } from "node:timers/promises"
import type { APIResponse } from "@playwright/test"
import { expect, test } from "../fixtures"
import { signInFrom, withCookiesOf } from "../person"

const REQUESTS_PER_SECOND = 20
const SECONDS = 60

type Request = { what: string; send: () => Promise<APIResponse>; isRight: (body: string) => boolean }

test("while both servers restart in turn, again and again, no request fails and people stay signed in", async ({
  page,
  database,
  appUrl,
  deployment,
}) => {
  await signInFrom(page, "/profile")
  const client = await withCookiesOf(page, appUrl)
  const requests: Request[] = [
    { what: "profile", send: () => client.get("/profile"), isRight: (body) => body.includes("Demo Person") },
    { what: "landing page", send: () => client.get("/"), isRight: (body) => body.includes("Bitbucket") },
    {
      what: "renewal",
      send: () => client.post("/api/token/refresh", { headers: { origin: appUrl } }),
      isRight: (body) => body.includes("expiresAt"),
    },
  ]

  const failures: string[] = []
  const inProgress: Promise<void>[] = []
  const endsAt = performance.now() + SECONDS * 1_000
  const restarts = restartInTurn(endsAt, deployment.restart)
  for (let count = 0, nextAt = performance.now(); nextAt < endsAt; count++) {
    await wait(Math.max(0, nextAt - performance.now()))
    nextAt += 1_000 / REQUESTS_PER_SECOND
    // Every ten seconds the token expires, whichever server handles it.
    if (count % (10 * REQUESTS_PER_SECOND) === 0)
      await database.query("update connection set expires_at = now() - interval '1 second'")
    const request = requests[count % requests.length]
    if (request) inProgress.push(sendAndCheck(request, failures))
  }
  await Promise.all(inProgress)
  const ends = await restarts

  process.stdout.write(
    `${inProgress.length} requests in ${SECONDS} s, ${ends.length} restarts, ${failures.length} failed; ` +
      `a server took ${Math.round(Math.max(...ends.map(({ durationMs }) => durationMs)))} ms to end at most\n`,
  )
  expect(failures).toEqual([])
  expect(inProgress.length).toBeGreaterThanOrEqual(REQUESTS_PER_SECOND * SECONDS - 1)
  expect(ends.length, "each server restarted").toBeGreaterThanOrEqual(2)
  expect(ends.map(({ exitCode }) => exitCode)).toEqual(ends.map(() => 143))
  expect((await database.query("select status from connection")).rows).toEqual([{ status: "active" }])
  expect((await database.query("select 1 from session")).rowCount).toBe(1)
})

async function sendAndCheck({ what, send, isRight }: Request, failures: string[]): Promise<void> {
  try {
    const response = await send()
    const body = await response.text()
    if (response.status() !== 200 || !isRight(body)) failures.push(`${what}: ${response.status()}`)
  } catch (error) {
    failures.push(`${what}: ${String(error).split("\n")[0]}`)
  }
}

/** The next server stops only when the previous one is back, as in a deployment. */
async function restartInTurn<End>(endsAt: number, restart: (index: 0 | 1) => Promise<End>): Promise<End[]> {
  const ends: End[] = []
  for (let index: 0 | 1 = 0; performance.now() < endsAt - 10_000; index = index === 0 ? 1 : 0)
    ends.push(await restart(index))
  return ends
}
