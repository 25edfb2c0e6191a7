import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import type { Bitbucket } from "../bitbucket.ts"
import { listRoutes } from "../engine.ts"
import { ledger } from "./ledger.ts"
import { withLedger } from "./readme-section.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

/** The facts of the project's reference on Bitbucket, by area: `BB-C1` to `BB-C9`, and so on. */
const REFERENCE = {
  C: 9,
  A: 16,
  T: 14,
  E: 8,
  S: 7,
  P: 14,
  H: 7,
  U: 14,
  M: 5,
  W: 11,
  K: 3,
  N: 2,
  O: 10,
  D: 11,
}
/** T5 is the exchange of OAuth 1.0a tokens, which Bitbucket has not offered since 2019. */
const NOT_EMULATED = ["BB-T5"]
const referenceIds = Object.entries(REFERENCE)
  .flatMap(([area, count]) => Array.from({ length: count }, (_, index) => `BB-${area}${index + 1}`))
  .filter((id) => !NOT_EMULATED.includes(id))

/** The ids that tests name; `BB-M1 to BB-M4` names its ends only. */
function idsNamedByTests(): Set<string> {
  const tests = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(".test.ts") && !/^(dist|node_modules)\//.test(path) && !/ledger\.test/.test(path),
  )
  return new Set(
    tests.flatMap((path) => readFileSync(`${root}/${path}`, "utf8").match(/\b(BB|EM)-[A-Z]?\d+\b/g) ?? []),
  )
}

test("every fact of the reference has exactly one row", () => {
  const ids = ledger.map(({ id }) => id)
  expect(ids.filter((id) => id.startsWith("BB-")).toSorted()).toEqual(referenceIds.toSorted())
  expect(new Set(ids).size).toBe(ids.length)
})

test("every row has a test that names it, or a reason for having none, and never both", () => {
  const named = idsNamedByTests()
  for (const { id, untested } of ledger) {
    expect({ id, isNamedByTest: named.has(id) }).toEqual({ id, isNamedByTest: untested === undefined })
  }
})

test("no test names a missing row", () => {
  const ids = new Set(ledger.map(({ id }) => id))
  expect([...idsNamedByTests()].filter((id) => !ids.has(id))).toEqual([])
})

test("every row has evidence, a date, and its state of live validation", () => {
  for (const { id, behaviour, source, asOf, validatedLive } of ledger) {
    expect(behaviour, id).toMatch(/[.”]$/)
    expect(source.length, id).toBeGreaterThan(10)
    expect(asOf, id).toMatch(/^20\d\d(-\d\d)?$/)
    expect(validatedLive, id).toMatch(/^(never|20\d\d-\d\d-\d\d)$/)
  }
})

test("every route of the engine has a row, and every row's route exists", () => {
  // Routes are registered before the engine has a Bitbucket to answer for.
  const answered = listRoutes({} as Bitbucket)
  const described = ledger.flatMap(({ routes }) => routes ?? [])
  expect(described.toSorted()).toEqual(answered.toSorted())
  expect(answered.length).toBeGreaterThan(20)
})

test("the README shows the current ledger: otherwise run `npm run ledger -w bitbucket-emulator`", () => {
  const readme = readFileSync(`${root}/README.md`, "utf8")
  expect(readme === withLedger(readme)).toBe(true)
})
