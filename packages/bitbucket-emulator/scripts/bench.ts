import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { startChildServer } from "../bench/child-server.ts"
import { measureTokenRate } from "../bench/token-rate.ts"

/** `npm run bench -w bitbucket-emulator`: how soon it is ready, what it takes, how fast it answers, on this machine, now. */
const cli = fileURLToPath(new URL("../cli.ts", import.meta.url))
const { child, readyAfterMs, stop } = await startChildServer(cli)
const kilobytes = Number(execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)], { encoding: "utf8" }))
await stop()
const { bare, emulator, ratio } = await measureTokenRate({ rounds: 15, roundMs: 400 })

console.log(`
  Ready after                ${Math.round(readyAfterMs)} ms (from source, through tsx)
  Idle memory                ${Math.round(kilobytes / 1024)} MB (likewise)
  Token requests             ${Math.round(emulator)} per second
  A bare Hono route          ${Math.round(bare)} per second, reading as long a form and answering as many bytes
  Ratio                      ${ratio.toFixed(2)}
`)
