import { expect, test } from "vitest"
import { missingInWords } from "./missing-words"

const whole = { repositories: [], more: [], unlisted: [], onlySearched: null }

test("a complete search is missing nothing", () => {
  expect(missingInWords(whole)).toEqual([])
})

test("an incomplete search says what is missing, and where", () => {
  const partial = { ...whole, more: ["acme"], unlisted: ["vault", "attic"], onlySearched: 20 }
  expect(missingInWords(partial)).toEqual([
    "There are more in acme.",
    "Bitbucket did not show what is in vault, attic.",
    "Only 20 of your workspaces were searched.",
  ])
})
