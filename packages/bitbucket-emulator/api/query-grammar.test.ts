import { expect, test } from "vitest"
import { type Expression, parseMoment, parseQuery } from "./query-grammar.ts"

/** The structure in as few letters as possible. */
function outline(expression: Expression | null): string {
  if (expression === null) return "null"
  if (expression.kind !== "condition") return `${expression.kind}(${expression.parts.map(outline).join(" ")})`
  const { field, operator, values } = expression
  return `${field}${operator}${values.map(({ value }) => JSON.stringify(value)).join(",")}`
}

test.each([
  ['a="1"', 'a="1"'],
  ["a=1 OR b=2 AND c=3", "any(a=1 all(b=2 c=3))"],
  ["(a=1 or b=2) aNd c=3", "all(any(a=1 b=2) c=3)"],
  ["((a.b_c-d=-1.5))", "a.b_c-d=-1.5"],
  ['a in ("x",2,null,TRUE)', 'aIN"x",2,null,true'],
  ["a NOT IN (1)", "aNOT IN1"],
  [String.raw`a ~ "say \"hi\" \\"`, String.raw`a~"say \"hi\" \\"`],
  ['a="AND" AND b="(x)"', 'all(a="AND" b="(x)")'],
  ["a!=false AND b>=1 AND c<2 AND d<=3 AND e>4", "all(a!=false b>=1 c<2 d<=3 e>4)"],
  ["a > 2015-01-01", `a>${Date.UTC(2015, 0, 1)}`],
  ["a > 2015-01-01T00:00:00 00:00", `a>${Date.UTC(2015, 0, 1)}`],
])("%s reads as %s (BB-W5)", (q, expected) => {
  expect(outline(parseQuery(q))).toBe(expected)
})

test.each([
  "a",
  "a=",
  '="x"',
  '"x"=a',
  "a=b",
  'a="x',
  "a=1 b=2",
  "a=1 AND",
  "OR a=1",
  "(a=1",
  "a=1)",
  "()",
  "a IN ()",
  "a IN 1",
  "a IN (1,)",
  "a NOT 1",
  "NOT a=1",
  "a~1",
  "a>true",
  "a<null",
  "a==1",
  "a=2015-13-01",
  "a=2015-01-01x",
  "a=1.2.3",
  "a..b=1",
  ".a=1",
  "and=1",
  "a=1;b=2",
  "(".repeat(20_000),
  `${"(".repeat(60)}a=1${")".repeat(60)}`,
])("%.40s is not in the grammar (BB-W5)", (q) => {
  expect(parseQuery(q)).toBeNull()
})

test.each([
  ["2015-01-01", "2015-01-01T00:00:00Z"],
  ["2015-01-01T10:30", "2015-01-01T10:30:00Z"],
  ["2015-01-01T10:30:00.123456+00:00", "2015-01-01T10:30:00.123Z"],
  ["2015-01-01T10:30:00-0730", "2015-01-01T18:00:00Z"],
])("%s is a moment", (text, iso) => {
  expect(parseMoment(text)).toBe(Date.parse(iso))
})

test.each(["", "yesterday", "2015", "2015-01-01 10:30", "2015-02-30T25:00"])("%j is none", (text) => {
  expect(parseMoment(text)).toBeNaN()
})
