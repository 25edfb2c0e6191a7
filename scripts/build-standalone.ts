import { cp } from "node:fs/promises"
import { run } from "./run"

/** `npx tsx scripts/build-standalone.ts`: the production build as one folder, .next/standalone, started by `node server.js`. */
const { exitCode } = await run(["next", "build"], { env: { BUILD_STANDALONE: "1" } })
if (exitCode !== 0) process.exit(exitCode)
// Next leaves these out, for people who serve them from a CDN.
await cp(".next/static", ".next/standalone/.next/static", { recursive: true })
await cp("public", ".next/standalone/public", { recursive: true })
console.log("\nReady in .next/standalone: start it with `node server.js`.")
