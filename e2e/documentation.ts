import { readFileSync } from "node:fs"

export type CodeBlock = { file: string; line: number; language: string; text: string }

/** The fenced blocks of a page, in order. */
export function readCodeBlocks(file: string): CodeBlock[] {
  const lines = readFileSync(file, "utf8").split("\n")
  const blocks: CodeBlock[] = []
  let open: CodeBlock | undefined
  for (const [index, line] of lines.entries()) {
    const fence = /^\s*```(\w*)/.exec(line)
    if (fence && open) {
      blocks.push(open)
      open = undefined
    } else if (fence) open = { file, line: index + 1, language: fence[1] ?? "", text: "" }
    else if (open) open.text += `${line}\n`
  }
  return blocks
}
