import { readFile, writeFile } from "node:fs/promises"

const folder = new URL("../", import.meta.url)
const [start, end] = ["<!-- scale -->", "<!-- end of scale -->"]

/** Stores the last run: its numbers in `bench/results`, its tables in `bench/README.md`. */
export async function writeResult(summary: object, text: string): Promise<void> {
  await writeFile(new URL("results/scale.json", folder), `${JSON.stringify(summary, null, 2)}\n`)
  const readme = new URL("README.md", folder)
  const [before = "", rest = ""] = (await readFile(readme, "utf8")).split(start)
  const after = rest.split(end)[1]
  if (after === undefined) throw new Error(`bench/README.md has no place for this: ${start}`)
  await writeFile(readme, `${before}${start}\n\n${text}\n\n${end}${after}`)
}
