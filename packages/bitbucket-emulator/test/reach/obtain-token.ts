import { argv, stdout } from "node:process"
import type { Emulator } from "../../index.ts"
import { obtainTokens } from "../oauth-client.ts"

/** Signs demo in at the site given, with the client given, and prints the access token. */
const [siteUrl = "", key = "", secret = ""] = argv.slice(2)
const { accessToken } = await obtainTokens({ siteUrl } as Emulator, { client: { key, secret } })
stdout.write(accessToken)
