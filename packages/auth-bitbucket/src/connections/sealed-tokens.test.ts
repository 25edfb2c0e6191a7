import { describe, expect, test } from "vitest"
import { sealTokens, UnsealError, unsealTokens } from "./sealed-tokens.ts"

const tokens = { accessToken: "a".repeat(2_600), refreshToken: "r".repeat(2_600) }
const alice = "{11111111-1111-4111-8111-111111111111}"
const bob = "{22222222-2222-4222-8222-222222222222}"
const secret = "a-secret-of-thirty-two-characters"
const newSecret = "another-secret-of-thirty-two-chars"

describe("sealed tokens", () => {
  test("open for the account and secret that sealed them", async () => {
    expect(await unsealTokens(await sealTokens(tokens, alice, [secret]), alice, [secret])).toEqual(tokens)
  })

  test("reveal nothing of the tokens, and never look the same twice", async () => {
    const [once, twice] = await Promise.all([
      sealTokens(tokens, alice, [secret]),
      sealTokens(tokens, alice, [secret]),
    ])
    expect(once).not.toContain("aaaa")
    expect(once).not.toBe(twice)
  })

  test("do not open in another account's row", async () => {
    const sealed = await sealTokens(tokens, alice, [secret])
    await expect(unsealTokens(sealed, bob, [secret])).rejects.toThrow(UnsealError)
  })

  test("do not open in the row of the same number at another server, nor in Bitbucket Cloud's", async () => {
    const [here, there] = ["https://a.example#7", "https://b.example#7"] as const
    const sealed = await sealTokens(tokens, here, [secret])
    expect(await unsealTokens(sealed, here, [secret])).toEqual(tokens)
    for (const other of [there, "https://a.example/git#7", "datacenter:7", "7", "{7}", alice])
      await expect(unsealTokens(sealed, other, [secret])).rejects.toThrow(UnsealError)
  })

  test("that 0.1.0 sealed for Bitbucket Cloud still open", async () => {
    const sealedBy010 = [
      "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiSm5WM0tHdTVhOWpRIn0",
      "..RI31YOSgmRcxgEr9.ncdG86QSB7hY7p70-O1C50wmJOyDJ5mxVKp61f1qFkLuXpOlkeUnJ5xNs0AjsQgTug.PTFjQWhQLP0veY5d5Gh70Q",
    ].join("")
    expect(await unsealTokens(sealedBy010, alice, [secret])).toMatchObject({ accessToken: "access" })
  })

  test("open with the previous secret after a rotation, and are sealed with the new one", async () => {
    const sealed = await sealTokens(tokens, alice, [secret])
    expect(await unsealTokens(sealed, alice, [newSecret, secret])).toEqual(tokens)
    const resealed = await sealTokens(tokens, alice, [newSecret, secret])
    expect(await unsealTokens(resealed, alice, [newSecret])).toEqual(tokens)
  })

  test("open on servers whose secrets are not swapped yet, whichever of them sealed", async () => {
    const [before, after] = [[secret, newSecret] as const, [newSecret, secret] as const]
    expect(await unsealTokens(await sealTokens(tokens, alice, after), alice, before)).toEqual(tokens)
    expect(await unsealTokens(await sealTokens(tokens, alice, before), alice, after)).toEqual(tokens)
  })

  test("an unknown secret is distinguished from damage", async () => {
    const sealed = await sealTokens(tokens, alice, [newSecret])
    await expect(unsealTokens(sealed, alice, [secret])).rejects.toMatchObject({ isKeyUnknown: true })
    await expect(unsealTokens("damaged", alice, [secret])).rejects.toMatchObject({ isKeyUnknown: false })
    await expect(unsealTokens(sealed.slice(0, -9), alice, [newSecret])).rejects.toMatchObject({
      isKeyUnknown: false,
    })
  })

  test("do not open once their secret is gone", async () => {
    const sealed = await sealTokens(tokens, alice, [secret])
    await expect(unsealTokens(sealed, alice, [newSecret])).rejects.toThrow(UnsealError)
  })

  test("do not open if one character has changed, and the error repeats no part of them", async () => {
    const sealed = await sealTokens(tokens, alice, [secret])
    const middle = Math.floor(sealed.length / 2)
    const altered = sealed.slice(0, middle) + (sealed[middle] === "A" ? "B" : "A") + sealed.slice(middle + 1)
    const error = await unsealTokens(altered, alice, [secret]).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(UnsealError)
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("aaaa")
  })
})
