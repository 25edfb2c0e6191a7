import { readFile } from "node:fs/promises"
import path from "node:path"
import { expect, test } from "vitest"
import { markdownTable } from "@/scripts/markdown-table"
import { screens } from "./bitbucket-screens"
import { bitbucketErrors } from "./error-guide"

const page = path.resolve("docs/going-live.md")

/** The page with the table below a heading replaced. */
function withTable(text: string, heading: string, table: string): string {
  const start = text.indexOf("\n|", text.indexOf(heading)) + 1
  const end = text.indexOf("\n\n", start)
  return `${text.slice(0, start)}${table}${end < 0 ? "\n" : text.slice(end)}`
}

test("the guide to going live says the same about Bitbucket as /setup: npx vitest run lib/doctor/going-live.test.ts -u", async () => {
  const steps = markdownTable(
    ["Step", "Older screens", "Newer screens"],
    screens.map(({ toDo, older, newer }) => [toDo, older, newer ?? "Not described in public yet"]),
  )
  const errors = markdownTable(
    ["Where", "What you see", "Cause", "Fix"],
    bitbucketErrors.map(({ where, shown, cause, fix }) => [where, shown, cause, fix]),
  )
  const text = await readFile(page, "utf8")
  await expect(
    withTable(
      withTable(text, "## 1. Make an OAuth client", steps),
      "## What Bitbucket says when something is wrong",
      errors,
    ),
  ).toMatchFileSnapshot(page)
})
