import { styleText } from "node:util"
import { type Diagnosis, examine } from "../lib/doctor/examine"
import { type CheckResult, findingsOf } from "../lib/doctor/result"
import { loadEnvironmentFiles, readFlags } from "./command-line"

const usage = `Usage: npm run doctor [-- --production] [--all] [--json]

Checks each variable of the environment (and of .env.local and similar files), tries the key and the secret at Bitbucket's
token endpoint and the callback URL at its authorization page, and looks at the database and the clocks. Says what is
wrong, one sentence each, with what to do about it. Changes nothing and prints no secret.

  --production   judges the environment as a production server does
  --all          lists the checks that passed, too
  --json         one JSON object: {"state", "callbackUrl", "checks": [{"id", "state", "code", "sentence"}]}; "state" is
                 "ok", "warning" or "failed", and "code" is null if there is nothing to do
  --help         this

Exit codes: 0 nothing is wrong, with warnings or without; 1 something is wrong; 2 wrong usage.`

const flags = readFlags(usage, ["json", "production", "all"])
if (flags.production) Object.assign(process.env, { NODE_ENV: "production" })
loadEnvironmentFiles()
const diagnosis = await examine()
const results = diagnosis.groups.flatMap((group) => group.results)

if (flags.json) {
  const { state, callbackUrl } = diagnosis
  console.log(JSON.stringify({ state, callbackUrl, checks: results }, null, 2))
} else print(diagnosis)
process.exit(diagnosis.state === "failed" ? 1 : 0)

function print({ groups, callbackUrl }: Diagnosis): void {
  const findings = findingsOf(results)
  for (const finding of findings) console.log(formatLine(finding))
  const passed = results.length - findings.length
  if (findings.length > 0) console.log()
  console.log(
    `${inNumber(passed, "check")} passed${flags.all ? ":" : "; `npm run doctor -- --all` lists them."}`,
  )
  if (flags.all)
    for (const { title, results: ofGroup } of groups) {
      console.log(`\n${paint("bold", title)}`)
      for (const result of ofGroup.filter(({ code }) => code === null)) console.log(formatLine(result))
    }
  if (callbackUrl) console.log(`\nCallback URL to register in Bitbucket: ${callbackUrl}`)
  const count = (wanted: string) => results.filter(({ state }) => state === wanted).length
  console.log(`\n${inNumber(count("failed"), "problem")}, ${inNumber(count("warning"), "warning")}`)
}

function inNumber(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`
}

function paint(format: Parameters<typeof styleText>[0], text: string): string {
  return process.stdout.isTTY && process.stdout.hasColors() ? styleText(format, text) : text
}

function formatLine({ state, code, sentence }: CheckResult): string {
  const word = state === "ok" && code !== null ? "note" : state
  const colour = ({ ok: "green", note: "cyan", warning: "yellow", failed: "red" } as const)[word]
  return `  ${paint(colour, word.padEnd(8))} ${sentence}`
}
