import { styleText } from "node:util"
import { examine } from "../lib/doctor/examine"
import type { CheckResult, CheckState } from "../lib/doctor/result"
import { loadEnvironmentFiles, readFlags } from "./command-line"

const usage = `Usage: npm run doctor [-- --production] [--json]

Checks each variable of the environment (and of .env.local and its like), tries the key and the secret at Bitbucket's
token endpoint and the callback URL at its authorization page, and looks at the database and the clocks. Changes
nothing and prints no secret.

  --production   judges the environment as a production server does
  --json         one JSON object: {"state", "callbackUrl", "checks": [{"id", "state", "sentence", "remedy"}]}
  --help         this

Exit codes: 0 all well, with warnings or without; 1 something is wrong; 2 wrong usage.`

const flags = readFlags(usage, ["json", "production"])
if (flags.production) Object.assign(process.env, { NODE_ENV: "production" })
loadEnvironmentFiles()
const { state, callbackUrl, groups } = await examine()

if (flags.json)
  console.log(
    JSON.stringify({ state, callbackUrl, checks: groups.flatMap(({ results }) => results) }, null, 2),
  )
else print()
process.exit(state === "failed" ? 1 : 0)

function print(): void {
  for (const { title, results } of groups) {
    console.log(`\n${paint("bold", title)}`)
    for (const result of results) console.log(inLines(result))
  }
  const results = groups.flatMap((group) => group.results)
  const count = (wanted: CheckState) => results.filter((result) => result.state === wanted).length
  if (callbackUrl) console.log(`\nCallback URL to register in Bitbucket: ${callbackUrl}`)
  console.log(`\n${count("ok")} ok, ${count("warning")} warnings, ${count("failed")} failed`)
}

function paint(format: Parameters<typeof styleText>[0], text: string): string {
  return process.stdout.isTTY && process.stdout.hasColors() ? styleText(format, text) : text
}

function inLines({ state: found, sentence, remedy }: CheckResult): string {
  const colour = ({ ok: "green", warning: "yellow", failed: "red" } as const)[found]
  const lines = [`  ${paint(colour, found.padEnd(8))} ${sentence}`]
  if (remedy) lines.push(`           -> ${remedy}`)
  return lines.join("\n")
}
