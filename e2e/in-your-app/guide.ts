import { spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import path from "node:path"
import { text } from "node:stream/consumers"
import { type CodeBlock, readCodeBlocks } from "../documentation"

const page = "docs/use-in-your-app.md"

/** The blocks below one heading of the guide, in their order. */
export function blocksBelow(heading: string): CodeBlock[] {
  const lines = readFileSync(page, "utf8").split("\n")
  const from = lines.indexOf(`## ${heading}`) + 1
  if (from === 0) throw new Error(`${page} has no heading ${heading}`)
  const length = lines.slice(from).findIndex((line) => line.startsWith("## "))
  const until = length === -1 ? lines.length : from + length
  return readCodeBlocks(page).filter(({ line }) => line > from && line <= until)
}

/**
 * Follows blocks of the guide: runs commands, writes files, adds lines to files.
 *
 * @param replaced files that the guide replaces; any other existing file stays as it is
 */
export async function follow(blocks: CodeBlock[], app: string, replaced: string[] = []): Promise<void> {
  for (const { language, text: block, line } of blocks) {
    process.stdout.write(`  ${page}:${line}\n`)
    if (language === "sh") await runIn(existsSync(app) ? app : path.dirname(app), block)
    else if (language === "diff") await edit(app, block)
    else await writeNew(app, block, replaced)
  }
}

/** A block begins with the name of its file. */
async function writeNew(app: string, block: string, replaced: string[]): Promise<void> {
  const [, name = ""] = /^\/\/ (\S+)\n/.exec(block) ?? []
  const file = path.join(app, name)
  if (name === "" || (existsSync(file) && !replaced.includes(name)))
    throw new Error(`${page} would overwrite a file of the app's: ${name}`)
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, block)
}

async function edit(app: string, diff: string): Promise<void> {
  const { file, changes } = readDiff(app, diff)
  const lines = (await readFile(file, "utf8")).split("\n")
  let at = 0
  for (const { isNew, line } of changes) {
    if (isNew) lines.splice(at, 0, line)
    at = placeOf(line, lines, at, file) + 1
  }
  await writeFile(file, lines.join("\n"))
}

/** Removes the lines of the guide's diffs from an app. */
export async function undoEdits(blocks: CodeBlock[], app: string): Promise<void> {
  for (const { text: diff } of blocks.filter(({ language }) => language === "diff")) {
    const { file, changes } = readDiff(app, diff)
    const lines = (await readFile(file, "utf8")).split("\n")
    for (const { isNew, line } of changes) if (isNew) lines.splice(placeOf(line, lines, 0, file), 1)
    await writeFile(file, lines.join("\n"))
  }
}

/** A diff's first line names its file. Lines with a plus are new; the others say where they go. */
function readDiff(app: string, diff: string) {
  const [name = "", ...rest] = diff.trimEnd().split("\n")
  return {
    file: path.join(app, name.replace("// ", "").trim()),
    changes: rest.map((line) => ({ isNew: line.startsWith("+"), line: line.slice(1) })),
  }
}

function placeOf(line: string, lines: string[], from: number, file: string): number {
  const place = lines.indexOf(line, from)
  if (place === -1) throw new Error(`${file} has no line ${line}`)
  return place
}

/** @throws Error with what the command wrote, unless it ended well */
export async function runIn(cwd: string, command: string): Promise<string> {
  const child = spawn("bash", ["-euo", "pipefail", "-c", command], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "", CI: "1", NEXT_TELEMETRY_DISABLED: "1" },
  })
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve))
  const [output, errors, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  if (exitCode !== 0) throw new Error(`${command} failed:\n${output}${errors}`)
  return output
}
