import { fileURLToPath } from "node:url"
import { Browser, locationOf } from "../test/browser.ts"
import { basic, demoClient } from "../test/oauth-client.ts"
import { startChildServer } from "./child-server.ts"
import { type Load, measureRate } from "./load.ts"

/** Responses per second, the median of the rounds, and the median of each round's quotient. */
export interface TokenRate {
  readonly bare: number
  readonly emulator: number
  readonly ratio: number
}

/**
 * Sends token requests to a bare Hono route and to the emulator's token endpoint in turn, each in its own process. Rounds are
 * short and many, so that other load on this machine affects both alike.
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
    const firstBody = await obtainTokens(emulator.url)
    const emulatorLoad = { nextRequest: refreshes(emulator.url, firstBody), connections: 16, forMs: roundMs }
    const bareLoad = { ...emulatorLoad, nextRequest: refreshes(bareRoute.url, firstBody) }
    const measured: TokenRate[] = []
    for (let round = -2; round < rounds; round += 1) {
      const bareRate = await measureRate(bareRoute.url, bareLoad)
      const emulatorRate = await measureRate(emulator.url, emulatorLoad)
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

/** A whole sign-in, up to the body of its token response. */
async function obtainTokens(siteUrl: string): Promise<string> {
  const browser = new Browser({ siteUrl })
  await browser.signIn("demo")
  const request = { client_id: demoClient.key, response_type: "code" }
  const code = locationOf(await browser.decide("approve", request)).searchParams.get("code") ?? ""
  const response = await fetch(`${siteUrl}/site/oauth2/access_token`, {
    method: "POST",
    headers: { Authorization: basic(demoClient) },
    body: new URLSearchParams({ grant_type: "authorization_code", code }),
  })
  return response.text()
}

/** Refreshes as a client does: each with a refresh token from a previous response. */
function refreshes(siteUrl: string, firstBody: string): Load["nextRequest"] {
  let latestBody = firstBody
  const head = [
    "POST /site/oauth2/access_token HTTP/1.1",
    `Host: ${new URL(siteUrl).host}`,
    `Authorization: ${basic(demoClient)}`,
    "Content-Type: application/x-www-form-urlencoded",
    "Content-Length: ",
  ].join("\r\n")
  return (previousBody) => {
    latestBody = previousBody ?? latestBody
    const form = `grant_type=refresh_token&refresh_token=${refreshTokenOf(latestBody)}`
    return `${head}${form.length}\r\n\r\n${form}`
  }
}

/** The last member of the token response; a JSON parser would cost the load generator more than it needs. */
function refreshTokenOf(body: string): string {
  const endsAt = body.lastIndexOf('"')
  return body.slice(body.lastIndexOf('"', endsAt - 1) + 1, endsAt)
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
