import { endOfNodeSupport } from "@/lib/server/node-support"
import { type CheckResult, note, ok } from "./result"

/** Checks the version of Node. One that is out of support still runs the app, so this is only a note. */
export function checkNode(version = process.versions.node, now = new Date()): CheckResult {
  const id = "server.node"
  const end = endOfNodeSupport(version, now)
  if (end === null) return ok(id, `Node ${version} runs this app.`)
  return note(
    id,
    "node_out_of_support",
    `Node ${version} runs this app but has been out of support since ${end}, so holes found later stay open`,
    "move to Node 24",
  )
}
