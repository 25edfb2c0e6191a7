import "./environment-files"
import { UnsealError } from "@/lib/connections/sealed-tokens"
import { issuer } from "../lib/bitbucket/identity"
import { isRenewable } from "../lib/connections/access-token"
import { connections } from "../lib/connections/connections"
import { ConnectionError } from "../lib/connections/errors"
import { type ExitCode, readArguments, refuseUsage, runOnDatabase } from "./command-line"
import { findConnection } from "./named-connection"

const usage = `Usage: npm run connections:renew -- ACCOUNT [--json]

Renews a connection's access token now, whether it is due or not: the way to see whether Bitbucket still renews it.

  ACCOUNT  its uuid, with or without braces, or its id of Data Center; its username; or the connection's id
  --json   one JSON object: {"outcome": "renewed" | "being_renewed" | "ended" | "unreadable" | "unavailable" | "not_renewable", ...}
  --help   this

Exit codes: 0 renewed; 1 not renewed, no such connection, or the environment or the database is wrong; 2 wrong usage.`

const { flags, positionals } = readArguments(usage, ["json"], 1)
const account = positionals[0] ?? refuseUsage(usage, "Which connection?")

await runOnDatabase(flags.json, async () => {
  const found = await findConnection(account, flags.json)
  if (!found) return 1
  if (!isRenewable(found.connection))
    return say(
      1,
      { outcome: "not_renewable" },
      "It was made by the legacy sign-in, whose tokens are not renewed.",
    )
  if (found.entry.issuer !== issuer())
    return say(
      1,
      { outcome: "not_renewable" },
      "It is of another Bitbucket than the one that this environment names, and only that one can refresh it.",
    )
  const { accessTokens, store } = connections()
  try {
    const { isRenewed } = await accessTokens.renewNow(found.connection)
    const current = await store.read(found.connection.id)
    if (isRenewed) return sayRenewed(current?.expiresAt.toISOString() ?? "")
    // A token that is still good is served however the renewal went: the row says how.
    if (!current || current.status === "dead") return sayEnded()
    if (current.failures > 0) return sayUnavailable(Math.ceil(current.retryInSeconds))
    return say(1, { outcome: "being_renewed" }, "A server is renewing it at this moment.")
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error
    if (error.code === "bitbucket_unavailable") return sayUnavailable(error.retryAfterSeconds)
    return error.cause instanceof UnsealError ? sayUnreadable() : sayEnded()
  }
})

function sayRenewed(expiresAt: string) {
  return say(0, { outcome: "renewed", expiresAt }, `Renewed: good until ${expiresAt}.`)
}

function sayEnded() {
  return say(1, { outcome: "ended" }, "It has ended: the person must sign in.")
}

function sayUnreadable() {
  return say(
    1,
    { outcome: "unreadable" },
    "Not renewed: its tokens were sealed with an AUTH_SECRET that is not set here.",
  )
}

function sayUnavailable(retryAfterSeconds: number) {
  const sentence = `Not renewed: Bitbucket may be asked again in ${retryAfterSeconds} s.`
  return say(1, { outcome: "unavailable", retryAfterSeconds }, sentence)
}

function say<Code extends ExitCode>(exitCode: Code, result: Record<string, unknown>, sentence: string): Code {
  console.log(flags.json ? JSON.stringify(result) : sentence)
  return exitCode
}
