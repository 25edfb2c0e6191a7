import { measureStartUp } from "../bench/start-up.ts"
import { measureTokenRate } from "../bench/token-rate.ts"

/**
 * `npm run bench -w bitbucket-emulator`: how soon the packed program is ready, what it uses, how fast it answers, on this
 * machine, now; with `-- start-up` only the first two. Fails if its quickest start takes more than 200 ms and four times
 * what Node itself takes, or if it answers token requests at less than half the rate of a bare Hono route.
 */
const { medianMs, quickestMs, processorMs, bareNodeMs, idleMegabytes } = await measureStartUp()
const processor = processorMs === null ? "" : `, ${Math.round(processorMs)} ms of processor time`
console.log(`
  Ready after                ${Math.round(medianMs)} ms in the median of 20 starts, ${Math.round(quickestMs)} ms at the quickest${processor}
  Node alone                 ${Math.round(bareNodeMs)} ms at the quickest
  Idle memory                ${Math.round(idleMegabytes)} MB`)
// The quickest run counts, because the others measure other load on this machine.
if (quickestMs > Math.max(200, 4 * bareNodeMs)) process.exitCode = 1

if (process.argv[2] !== "start-up") {
  const { bare, emulator, ratio } = await measureTokenRate({ rounds: 15, roundMs: 400 })
  console.log(`  Token requests             ${Math.round(emulator)} per second
  A bare Hono route          ${Math.round(bare)} per second, reading as long a form and answering as many bytes
  Ratio                      ${ratio.toFixed(2)}
`)
  if (ratio < 0.5) process.exitCode = 1
}
