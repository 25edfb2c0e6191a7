import { expect, test } from "vitest"
import { startProgress } from "./progress"

function createTerminal(isTTY: boolean) {
  const written: string[] = []
  return { isTTY, written, write: (text: string) => written.push(text) }
}

test("on a terminal a bar grows in place and disappears at the end", () => {
  const terminal = createTerminal(true)
  const progress = startProgress("Refreshing", 4, { isTTY: true }, terminal)
  progress.update(2)
  progress.update(4)
  progress.end()
  expect(terminal.written).toEqual([
    `\rRefreshing [${"-".repeat(30)}] 0 of 4`,
    `\rRefreshing [${"#".repeat(15)}${"-".repeat(15)}] 2 of 4`,
    `\rRefreshing [${"#".repeat(30)}] 4 of 4`,
    "\r\u001B[K",
  ])
})

test("the bar never grows past its end, even if there are more items than counted, or none", () => {
  const terminal = createTerminal(true)
  startProgress("Refreshing", 0, { isTTY: true }, terminal).update(3)
  expect(terminal.written.at(-1)).toBe(`\rRefreshing [${"#".repeat(30)}] 3 of 3`)
})

test.each([
  ["the result", false, true],
  ["the bar", true, false],
])("if %s goes to a file, there is no bar", (_, isOutput, isDrawn) => {
  const terminal = createTerminal(isDrawn)
  const progress = startProgress("Refreshing", 4, { isTTY: isOutput }, terminal)
  progress.update(2)
  progress.end()
  expect(terminal.written).toEqual([])
})
