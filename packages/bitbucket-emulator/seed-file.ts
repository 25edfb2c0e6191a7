import { readFileSync } from "node:fs"
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml"
import type { z } from "zod"
import type { SeedInput } from "./seed.ts"
import { seedSchema } from "./seed-schema.ts"

/** An unusable seed file, with one sentence per fault: `people.yaml:12: people.0.pasword: …`. */
export class SeedFileError extends Error {
  constructor(faults: readonly string[]) {
    super(faults.join("\n"))
    this.name = "SeedFileError"
  }
}

/** Reads a seed from YAML or from JSON, which is YAML. @throws SeedFileError */
export function readSeedFile(path: string): SeedInput {
  const lines = new LineCounter()
  const document = parseDocument(readText(path), { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number) => lines.linePos(offset).line
  if (document.errors.length > 0) {
    throw new SeedFileError(
      document.errors.map(({ pos, message }) => `${path}:${lineAt(pos[0])}: ${message}`),
    )
  }
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return
      const line = lineAt(alias.range?.[0] ?? 0)
      throw new SeedFileError([`${path}:${line}: there is no anchor named ${alias.source}`])
    },
  })
  const content: unknown = document.toJS() ?? {}
  const parsed = seedSchema.safeParse(content)
  if (parsed.success) return content as SeedInput
  throw new SeedFileError(
    parsed.error.issues.flatMap(innermostIssues).map((issue) => {
      const offset = findOffset(document.contents, issue.path)
      return `${path}:${lineAt(offset)}: ${[...issue.path, ""].join(".").replace(/\.$/, ": ")}${issue.message}`
    }),
  )
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch (error) {
    throw new SeedFileError([`${path}: ${(error as NodeJS.ErrnoException).code ?? "cannot be read"}`])
  }
}

type Issue = Pick<z.core.$ZodIssue, "message"> & { readonly path: readonly PropertyKey[] }

/** Reports a misspelt key at its place, and for a union the errors of the alternative that the author meant. */
function innermostIssues(issue: z.core.$ZodIssue): Issue[] {
  const { path, message } = issue
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...path, key], message: "is not known here" }))
  }
  if (issue.code !== "invalid_union") return [{ path, message }]
  const meant = issue.errors.find(
    (branch) => !branch.some((inner) => inner.code === "invalid_type" && inner.path.length === 0),
  )
  if (meant === undefined) return [{ path, message }]
  return meant.flatMap(innermostIssues).map((inner) => ({ ...inner, path: [...path, ...inner.path] }))
}

/** The line of the value at `path`, or of the nearest value around it. */
function findOffset(root: Node | null, path: readonly PropertyKey[]): number {
  let node: unknown = root
  let offset = root?.range?.[0] ?? 0
  for (const step of path) {
    const next = findChild(node, step)
    if (next === null) break
    offset = next.offset
    node = next.value
  }
  return offset
}

function findChild(node: unknown, step: PropertyKey): { value: unknown; offset: number } | null {
  if (isSeq<Node>(node)) {
    const item = node.items[Number(step)]
    return item === undefined ? null : { value: item, offset: item.range?.[0] ?? 0 }
  }
  if (!isMap<Node, Node | null>(node)) return null
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
  return pair === undefined ? null : { value: pair.value, offset: pair.key.range?.[0] ?? 0 }
}
