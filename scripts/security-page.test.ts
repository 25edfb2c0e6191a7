import { readFile } from "node:fs/promises"
import { describe, expect, test } from "vitest"
import { hasLegacySignIn, rows } from "../e2e/security/rows"
import { countTests, pageFile, resultOf, rowIdOf, securityPage, summaryOf } from "./security-page"

const counts = await countTests()
const allPassed = new Map(rows.map((row) => [row.id, resultOf(row, counts.has(row.id) ? true : undefined)]))

describe("the security suite", () => {
  test("has each row once", () => {
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
  })

  test("has a test or a reason for every row, and not both", () => {
    const unclear = rows.filter(
      ({ id, notTestable }) => [counts.has(id), notTestable !== undefined].filter(Boolean).length !== 1,
    )
    expect(unclear.map(({ id }) => id)).toEqual([])
  })

  test("has no test without a row", () => {
    const known = new Set(rows.map(({ id }) => id))
    expect([...counts.keys()].filter((id) => !known.has(id))).toEqual([])
  })

  test("has a page that says what the suite holds: npm test -- security --write", async () => {
    const page = await readFile(pageFile, "utf8")
    expect(hasLegacySignIn ? page : null).toBe(hasLegacySignIn ? await securityPage(allPassed) : null)
  })
})

test("a test shows the row that its title begins with", () => {
  expect(rowIdOf("A6b a saved copy of the cookies opens nothing")).toBe("A6")
  expect(rowIdOf("D16 ids are random")).toBe("D16")
  expect(rowIdOf("A sentence without an id")).toBeUndefined()
})

test("a row whose test failed is counted as failed, and its priority does not count it as shown", () => {
  const results = new Map(allPassed).set("A1", "fail")
  expect(summaryOf(results)).toContain(" 1 fail,")
})
