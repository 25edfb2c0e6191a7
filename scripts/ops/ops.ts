import "../environment-files"
import { isDatabaseError, isDatabaseUnreachable } from "../../lib/db/errors"
import { EnvironmentError, environment } from "../../lib/env"
import { failureCode } from "../../lib/server/failure-report"
import { announceDatabase, exitOnceWritten, readArguments, refuseUsage } from "../command-line"
import { type ExitCode, type Given, type OperatorCommand, OperatorError } from "./command"

type Entry = { summary: string; load: () => Promise<{ command: OperatorCommand }> }

/** Each command loads only its own code. */
const commands: Record<string, Entry> = {
  connections: { summary: "list the connections, or show one", load: () => import("./connections") },
  refresh: { summary: "refresh one connection's access token now", load: () => import("./refresh") },
  disconnect: {
    summary: "delete the tokens of one connection, or of all, and sign people out",
    load: () => import("./disconnect"),
  },
  export: { summary: "print all data about one person", load: () => import("./export") },
  erase: { summary: "delete all data about one person", load: () => import("./erase") },
  reseal: {
    summary: "seal every token with the current AUTH_SECRET, after a rotation",
    load: () => import("./reseal"),
  },
  prune: { summary: "delete expired rows", load: () => import("./prune") },
  "keep-alive": { summary: "refresh idle connections", load: () => import("./keep-alive") },
}

const usage = `Usage: npm run ops -- COMMAND [ACCOUNT] [OPTIONS]

Commands for operators. They act on the database of DATABASE_URL, and name it on standard error.

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}`)
  .join("\n")}

\`npm run ops -- COMMAND --help\` explains one of them.
Exit codes: 0 done; 1 something is wrong; 2 called wrongly.`

const [name = "", ...rest] = process.argv.slice(2)
if (name === "--help") {
  console.log(usage)
  process.exit(0)
}
if (name === "") refuseUsage(usage, "Which command? Name one.")
const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
if (!entry) refuseUsage(usage, `There is no command ${name}.`)

const { command } = await entry.load()
const { flags, positionals } = readArguments(command.usage, command.flags, command.takesAccount ? 1 : 0, rest)
// Silences the app's log: standard output belongs to the command.
process.env.LOG_LEVEL = "silent"
const { json = false, all = false, yes = false }: Partial<typeof flags> = flags
const given: Given = { json, all, yes, account: positionals[0] }
try {
  announceDatabase(environment().DATABASE_URL)
  exitOnceWritten(await command.run(given))
} catch (error) {
  const { code, sentence, exitCode, ...details } = explain(error)
  if (given.json) console.log(JSON.stringify({ error: code, ...details }))
  else console.error(sentence)
  exitOnceWritten(exitCode)
}

/** Says what is wrong and what to do, without the driver's message, which may repeat a password. */
function explain(error: unknown): { code: string; sentence: string; exitCode: ExitCode; problems?: unknown } {
  if (error instanceof OperatorError)
    return { code: error.code, sentence: error.message, exitCode: error.exitCode }
  const ask = "`npm run doctor` says what to do."
  if (error instanceof EnvironmentError) {
    const sentence = `${error.message}\n${ask}`
    return { code: "invalid_environment", sentence, exitCode: 1, problems: error.problems }
  }
  if (isDatabaseUnreachable(error)) {
    const sentence = `The database is unavailable (${error.reason}). ${ask}`
    return { code: "database_unavailable", sentence, exitCode: 1 }
  }
  if (isDatabaseError(error) && error.code === "database_row_unreadable") {
    const sentence = `This version cannot read ${error.reason} in the account's row. \`disconnect\` and \`erase\` still work.`
    return { code: error.code, sentence, exitCode: 1 }
  }
  const reason = isDatabaseError(error)
    ? `the database refused a statement, ${error.reason}`
    : failureCode(error)
  return { code: "internal_error", sentence: `The command failed (${reason}). ${ask}`, exitCode: 1 }
}
