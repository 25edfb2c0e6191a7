import { createRequire } from "node:module"
import { argv, stdout } from "node:process"

/**
 * Run in a network in which api.bitbucket.org is an emulator: npm's API client without an address. Node finds only its
 * CommonJS.
 */
const { Bitbucket }: typeof import("bitbucket") = createRequire(import.meta.url)("bitbucket")
const client = new Bitbucket({ auth: { token: argv[2] ?? "" }, notice: false })
const { data, status } = await client.user.get({})
stdout.write(JSON.stringify({ username: data.username, status }))
