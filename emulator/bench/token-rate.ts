import { fileURLToPath } from "node:url"
import { Browser, locationOf } from "../test/browser.ts"
import { basic, demoClient } from "../test/oauth-client.ts"
import { startChildServer } from "./child-server.ts"
import { measureRate } from "./load.ts"

/** Answers per second, the median of the rounds, and the median of each round's quotient. */
export interface TokenRate {
  readonly bare: number
  readonly emulator: number
  readonly ratio: number
}

/**
 * Asks a bare Hono route and the emulator's token endpoint for tokens in turn, each a program of its own. Rounds are
 * short and many, so that whatever else this machine does meets both alike.
 */
export async function measureTokenRate({
  rounds,
  roundMs,
}: {
  rounds: number
  roundMs: number
}): Promise<TokenRate> {
  const bareRoute = await startChildServer(fileURLToPath(new URL("./bare-route.ts", import.meta.url)))
  const emulator = await startChildServer(fileURLToPath(new URL("../cli.ts", import.meta.url)))
  try {
    const load = { request: await prepareRefresh(emulator.url), connections: 16, forMs: roundMs }
    const measured: TokenRate[] = []
    for (let round = -2; round < rounds; round += 1) {
      const bareRate = await measureRate(bareRoute.url, load)
      const emulatorRate = await measureRate(emulator.url, load)
      const isWarm = round >= 0
      if (isWarm) measured.push({ bare: bareRate, emulator: emulatorRate, ratio: emulatorRate / bareRate })
    }
    return {
      bare: median(measured.map(({ bare }) => bare)),
      emulator: median(measured.map(({ emulator }) => emulator)),
      ratio: median(measured.map(({ ratio }) => ratio)),
    }
  } finally {
    await Promise.all([bareRoute.stop(), emulator.stop()])
  }
}

/** A refresh that can be asked again and again: within the grace the same refresh token keeps working (BB-C3). */
async function prepareRefresh(siteUrl: string): Promise<Buffer> {
  const browser = new Browser({ siteUrl })
  await browser.signIn("demo")
  const request = { client_id: demoClient.key, response_type: "code" }
  const code = locationOf(await browser.decide("approve", request)).searchParams.get("code") ?? ""
  const response = await fetch(`${siteUrl}/site/oauth2/access_token`, {
    method: "POST",
    headers: { Authorization: basic(demoClient) },
    body: new URLSearchParams({ grant_type: "authorization_code", code }),
  })
  const { refresh_token } = (await response.json()) as { refresh_token: string }
  const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token }).toString()
  const head = [
    "POST /site/oauth2/access_token HTTP/1.1",
    `Host: ${new URL(siteUrl).host}`,
    `Authorization: ${basic(demoClient)}`,
    "Content-Type: application/x-www-form-urlencoded",
    `Content-Length: ${body.length}`,
  ]
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`)
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
