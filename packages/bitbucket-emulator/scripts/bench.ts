import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { startChildServer } from "../bench/child-server.ts"
import { measureTokenRate } from "../bench/token-rate.ts"

/**
 * `npm run bench -w bitbucket-emulator`: how soon it is ready, what it uses, how fast it answers, on this machine, now.
 * Fails if it starts in more than 200 ms and four times what Node itself takes, or answers token requests at less
 * than half the rate of a bare Hono route.
 */
const root = fileURLToPath(new URL("..", import.meta.url))
execFileSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: "inherit" })

const bareMs: number[] = []
const readyMs: number[] = []
let kilobytes = 0
// The quickest run counts, because the others measure other load on this machine.
for (let start = 0; start < 10; start += 1) {
  const startedAt = performance.now()
  execFileSync(process.execPath, ["--eval", "0"])
  bareMs.push(performance.now() - startedAt)
  const { child, readyAfterMs, stop } = await startChildServer(`${root}dist/cli.js`)
  readyMs.push(readyAfterMs)
  kilobytes = Number(execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)], { encoding: "utf8" }))
  await stop()
}
const [ready, bareNode] = [Math.min(...readyMs), Math.min(...bareMs)]
const { bare, emulator, ratio } = await measureTokenRate({ rounds: 15, roundMs: 400 })

console.log(`
  Ready after                ${Math.round(ready)} ms (Node alone ${Math.round(bareNode)} ms)
  Idle memory                ${Math.round(kilobytes / 1024)} MB
  Token requests             ${Math.round(emulator)} per second
  A bare Hono route          ${Math.round(bare)} per second, reading as long a form and answering as many bytes
  Ratio                      ${ratio.toFixed(2)}
`)
if (ready > Math.max(200, 4 * bareNode) || ratio < 0.5) process.exitCode = 1
