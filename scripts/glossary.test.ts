import { describe, expect, test } from "vitest"
import { findAvoidedWords } from "./glossary-words"

const wordsIn = (content: string, file = "lib/example.ts") =>
  findAvoidedWords(file, content).map(({ word }) => word)

describe("the glossary check finds", () => {
  test.each([
    ["// Nobody's tokens are kept.", "nobody"],
    ["const wayBackIn = 1", "way in"],
    ["await deleteWhatIsOver()", "what is over"],
    ["function isLongUnseen() {}", "long unseen"],
    ["the session has lapsed", "lapsed"],
    ["hasLapsed", "lapsed"],
    ["it renews the token", "renew"],
    ["connection_renewals_total", "renew"],
    ["A session is over after a week", "is over"],
    ["It is tried again later", "tried again"],
    ["// Keeps it beside the old one, for ever.", "beside"],
    ["the answer is of no use", "of no use"],
  ])("%j", (content, word) => {
    expect(wordsIn(content)).toContain(word)
  })

  test("a phrase that a comment's line break interrupts, on the line where it begins", () => {
    const [finding] = findAvoidedWords("lib/example.ts", "/**\n * A visitor need\n * not wait.\n */")
    expect(finding).toMatchObject({ word: "need not", line: 2 })
  })

  test("a word in a file's name", () => {
    expect(wordsIn("", "lib/sessions/way-in.ts")).toEqual(["way in"])
  })

  test("renew in the code and the comments of a page", () => {
    expect(wordsIn("<p>{isRenewable}</p>", "app/page.tsx")).toEqual(["renew"])
    expect(wordsIn("/** When it renews. */", "app/page.tsx")).toEqual(["renew"])
  })
})

describe("the glossary check lets pass", () => {
  test.each([
    "The pair is over 7 kB.",
    "a key that is over its limit",
    "a way in which it fails",
    "recommend, secure, overlapse-free relapse",
    'record("renewed")',
  ])("%j", (content) => {
    expect(wordsIn(content)).toEqual([])
  })

  test("renew where people read it", () => {
    expect(wordsIn("<p>Renews automatically, and renewal is free.</p>", "app/page.tsx")).toEqual([])
    expect(wordsIn('getByText("It was renewed.")', "e2e/account.spec.ts")).toEqual([])
  })

  test("the glossary's own table", () => {
    expect(wordsIn("| fix | mend, cure |", "CONTRIBUTING.md")).toEqual([])
  })
})
