import { parseArgs } from "node:util"
import { type Finding, findAvoidedWordsIn } from "./glossary-words"

const usage = `Usage: npx tsx scripts/glossary.ts [--summary] [--word WORD] [PATH…]

Lists the words that the glossary in CONTRIBUTING.md tells us to avoid, folder by folder, with the word to use instead.
Exits with 1 if it finds any. The rules and the exceptions are in scripts/glossary-words.ts. Without a path it only counts
the places in folders that are not clean yet, which that file lists with a reason.

  PATH…        look only at these files and folders; the default is all of them
  --word WORD  look only for this entry, for example "renew" or "nobody"
  --summary    print counts by word and by folder instead of every place`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    summary: { type: "boolean", default: false },
    word: { type: "string" },
    help: { type: "boolean", default: false },
  },
})
if (values.help) {
  console.log(usage)
  process.exit(0)
}

const findings = (await findAvoidedWordsIn(positionals)).filter(
  ({ word }) => !values.word || word === values.word,
)

if (values.summary) printSummary(findings)
else printEveryPlace(findings)
console.log(
  findings.length === 0
    ? "No word that the glossary avoids."
    : `${findings.length} places in ${countBy(findings, ({ file }) => file).size} files.`,
)
process.exit(findings.length === 0 ? 0 : 1)

function printEveryPlace(found: Finding[]): void {
  for (const [folder, inFolder] of groupBy(found, ({ file }) => folderOf(file))) {
    console.log(`${folder} (${inFolder.length})`)
    for (const { file, line, text, word, use } of inFolder)
      console.log(`  ${file}${line === 0 ? "" : `:${line}`}  ${word} -> ${use}\n      ${text}`)
  }
}

function printSummary(found: Finding[]): void {
  for (const [title, keyOf] of [
    ["By word", ({ word, use }: Finding) => `${word} -> ${use}`],
    ["By folder", ({ file }: Finding) => folderOf(file)],
  ] as const) {
    console.log(title)
    for (const [key, count] of [...countBy(found, keyOf)].sort((one, other) => other[1] - one[1]))
      console.log(`${String(count).padStart(6)}  ${key}`)
    console.log()
  }
}

/** The first two levels of a file's path. */
function folderOf(file: string): string {
  return file.split("/").slice(0, -1).slice(0, 2).join("/") || "(root)"
}

function countBy<Item>(items: Item[], keyOf: (item: Item) => string): Map<string, number> {
  return new Map([...groupBy(items, keyOf)].map(([key, group]) => [key, group.length]))
}

function groupBy<Item>(items: Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}
