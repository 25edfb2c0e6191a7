import { argv, stdout } from "node:process"
import type { Emulator } from "../../index.ts"
import { callApi, obtainTokens } from "../oauth-client.ts"

/** Run in another network: signs in at the given addresses, tries the control API, and prints the results. */
const [siteUrl = "", apiUrl = "", token = ""] = argv.slice(2)
const emulator = { siteUrl, apiUrl } as Emulator

const { accessToken } = await obtainTokens(emulator)
const user = (await (await callApi(emulator, "/2.0/user", accessToken)).json()) as {
  username: string
  links: Record<string, { href: string }>
}
const statusOf = async (path: string, headers: Record<string, string> = {}) =>
  (await fetch(`${siteUrl}/_control/${path}`, { headers })).status

stdout.write(
  JSON.stringify({
    username: user.username,
    linksBeginWith: [user.links.self, user.links.html].map((link) => new URL(link?.href ?? "").origin),
    health: await statusOf("health"),
    controlWithoutToken: await statusOf("config"),
    controlWithOne: await statusOf("config", { "X-Emulator-Control": "1" }),
    livePageWithoutToken: await statusOf(""),
    controlWithToken: await statusOf("config", { "X-Emulator-Control": token }),
    loopbackIsAnotherOne: await fetch("http://127.0.0.1:4100/").then(
      ({ status }) => status,
      (error: Error) => (error.cause as { code: string }).code,
    ),
  }),
)
