import { ledgerAreas } from "./ledger.ts"
import type { LedgerRow } from "./ledger-row.ts"

const START = "<!-- ledger: start, written by `npm run ledger -w bitbucket-emulator` -->"
const END = "<!-- ledger: end -->"
const HEAD = ["Id", "Behaviour", "Evidence", "Source", "As of", "Validated live"]

/** The README with the ledger's tables between its markers. */
export function withLedger(readme: string): string {
  const startsAt = readme.indexOf(START)
  const endsAt = readme.indexOf(END)
  if (startsAt === -1 || endsAt === -1) throw new Error("The README has no markers for the ledger.")
  return `${readme.slice(0, startsAt)}${START}\n\n${ledgerMarkdown()}\n\n${readme.slice(endsAt)}`
}

function ledgerMarkdown(): string {
  return ledgerAreas
    .map(({ title, rows }) => `### ${title}\n\n${table([HEAD, ...rows.map(cellsOf)])}`)
    .join("\n\n")
}

function cellsOf({ id, behaviour, grade, source, asOf, validatedLive }: LedgerRow): string[] {
  return [id, behaviour, grade, linked(source), asOf, validatedLive]
}

/** A bare address becomes a link with a shorter text. */
function linked(source: string): string {
  const [, address, note = ""] = /^(https:\/\/\S+?)((?:[ ;].*)?)$/.exec(source) ?? []
  return address === undefined ? source : `[${new URL(address).hostname}](${address})${note}`
}

/** Columns as wide as their widest cell, as the formatter requires. */
function table(lines: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const write = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`
  const [head = [], ...body] = lines
  const rule = widths.map((width) => "-".repeat(width))
  return [head, rule, ...body].map(write).join("\n")
}
