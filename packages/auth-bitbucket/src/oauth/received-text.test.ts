import { describe, expect, test } from "vitest"
import { cutText, parseReceivedJson, wellFormed } from "./received-text.ts"

describe("text from outside", () => {
  test.each([
    ["half an emoji at the end", "Ann \ud83d", "Ann \ufffd"],
    ["half an emoji at the start", "\ude00 Ann", "\ufffd Ann"],
    ["two halves in the wrong order", "\ude00\ud83d", "\ufffd\ufffd"],
    ["NUL", "a\0b", "a\ufffdb"],
    ["a whole emoji", "\u{1F600}", "\u{1F600}"],
    ["any other text", "Zoë Жукова\n", "Zoë Жукова\n"],
  ])("%s is written as Postgres can store it", (_, text, stored) => {
    expect(wellFormed(text)).toBe(stored)
  })

  test("is well-formed however deep in an answer it stands", () => {
    expect(parseReceivedJson('{"a": ["\\ud83d", {"b": "x\\u0000"}], "c": 1, "d": null}')).toEqual({
      a: ["\ufffd", { b: "x\ufffd" }],
      c: 1,
      d: null,
    })
  })

  test("does not become a prototype", () => {
    const parsed = parseReceivedJson('{"__proto__": {"uuid": "\\ud83d"}}') as { uuid?: unknown }
    expect([parsed.uuid, ({} as { uuid?: unknown }).uuid]).toEqual([undefined, undefined])
  })
})

describe("text that is too long", () => {
  const family = "\u{1F468}\u200d\u{1F469}\u200d\u{1F467}"
  test.each([
    ["text of the length allowed", "xxxx", 4, "xxxx"],
    ["letters", "xxxxx", 4, "xxxx"],
    ["emoji, each of which is one character", "\u{1F600}".repeat(5), 4, "\u{1F600}".repeat(4)],
    ["as many emoji as are allowed", "\u{1F600}".repeat(4), 4, "\u{1F600}".repeat(4)],
    ["an accent on the last letter", "abcde\u0301f", 5, "abcd"],
    ["an accent that still fits", "abcde\u0301f", 6, "abcde\u0301"],
    ["a family at the end", `ab${family}`, 5, "ab"],
    ["a family that fits", `${family}ab`, 5, family],
    ["a flag at the end", "abc\u{1F1E9}\u{1F1EA}", 4, "abc"],
    ["a single character that is longer than allowed", `e${"\u0301".repeat(9)}`, 4, `e${"\u0301".repeat(3)}`],
  ])("is cut between characters: %s", (_, text, most, kept) => {
    expect(cutText(text, most)).toBe(kept)
  })

  test("is never cut into half a character, wherever the cut falls", () => {
    const text = `x\u{1F600}é${family}\u{1F1E9}\u{1F1EA}`.repeat(20)
    for (let most = 1; most < 200; most++) {
      const kept = cutText(text, most)
      expect(kept.isWellFormed()).toBe(true)
      expect([...kept].length).toBeLessThanOrEqual(most)
      expect(text.startsWith(kept)).toBe(true)
    }
  })
})
