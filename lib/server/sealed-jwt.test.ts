import * as authjs from "@auth/core/jwt"
import { base64url, CompactEncrypt } from "jose"
import { afterEach, expect, test, vi } from "vitest"
import { decode, encode } from "./sealed-jwt"

const salt = "__Host-authjs.session-token"
const secret = "the-secret-of-this-test-with-more-than-32-characters"
const token = { sub: "{account}", sid: "Zoë's session" }

afterEach(() => {
  vi.useRealTimers()
})

test("Auth.js opens what we seal, and we open what Auth.js seals", async () => {
  const ours = await encode({ token, secret, salt, maxAge: 60 })
  const theirs = await authjs.encode({ token, secret, salt, maxAge: 60 })
  expect(ours.split(".")[0], "the header, with the name of the key").toBe(theirs.split(".")[0])
  const [byThem, byUs] = [
    await authjs.decode({ token: ours, secret, salt }),
    await decode({ token: theirs, secret, salt }),
  ]
  for (const opened of [byThem, byUs]) expect(opened).toMatchObject(token)
  expect(Object.keys(byUs)).toEqual(Object.keys(byThem ?? {}))
  expect(byThem?.exp).toBe((byThem?.iat ?? 0) + 60)
})

test("the first secret seals and every secret opens, each for its own name only", async () => {
  const previous = "a-previous-secret-with-more-than-32-characters"
  const sealed = await encode({ token, secret: [previous], salt, maxAge: 60 })
  expect(await decode({ token: sealed, secret: [secret, previous], salt })).toMatchObject(token)
  await expect(decode({ token: sealed, secret: [secret], salt })).rejects.toThrow("does not open")
  await expect(decode({ token: sealed, secret: [previous], salt: "another" })).rejects.toThrow(
    "does not open",
  )
  const again = await encode({ token, secret: [secret, previous], salt, maxAge: 60 })
  expect(await authjs.decode({ token: again, secret, salt })).toMatchObject(token)
})

test("a token with any character changed, added or taken away does not open", async () => {
  const sealed = await encode({ token, secret, salt, maxAge: 60 })
  const opens = (changed: string) =>
    decode({ token: changed, secret, salt }).then(
      () => changed,
      () => null,
    )
  const changed = [...sealed].flatMap((character, index) => {
    const [before, after] = [sealed.slice(0, index), sealed.slice(index + 1)]
    return [
      before + (character === "A" ? "B" : "A") + after,
      before + after,
      `${before}${character}=${after}`,
    ]
  })
  const others = [
    "",
    ".",
    "....",
    "x",
    `${sealed}.`,
    `${sealed}.x`,
    ` ${sealed}`,
    sealed.replace("..", ".a."),
    sealed.split(".").reverse().join("."),
  ]
  expect((await Promise.all([...changed, ...others].map(opens))).filter(Boolean)).toEqual([])
})

test.each([
  ["another cipher", { enc: "A256GCM" }],
  ["a compressed text", { zip: "DEF" }],
  ["something that must be understood", { crit: ["x"], x: 1 }],
])("a token with the right key and %s does not open", async (_, changes) => {
  const [header = ""] = (await encode({ token, secret, salt, maxAge: 60 })).split(".")
  const changed = { ...JSON.parse(Buffer.from(header, "base64url").toString()), ...changes }
  const sealed = (await encode({ token, secret, salt, maxAge: 60 })).split(".")
  const text = [base64url.encode(JSON.stringify(changed)), ...sealed.slice(1)].join(".")
  await expect(decode({ token: text, secret, salt })).rejects.toThrow()
})

test("what has the right key but no end, or a key that anyone knows, does not open", async () => {
  const { hkdfSync } = await import("node:crypto")
  const seal = (key: Uint8Array, kid: string) =>
    new CompactEncrypt(new TextEncoder().encode(JSON.stringify(token)))
      .setProtectedHeader({ alg: "dir", enc: "A256CBC-HS512", kid })
      .encrypt(key)
  const key = new Uint8Array(
    hkdfSync("sha256", secret, salt, `Auth.js Generated Encryption Key (${salt})`, 64),
  )
  const [header = ""] = (await encode({ token, secret, salt, maxAge: 60 })).split(".")
  const { kid } = JSON.parse(Buffer.from(header, "base64url").toString())
  for (const one of [key, new Uint8Array(64)])
    await expect(decode({ token: await seal(one, kid), secret, salt })).rejects.toThrow("does not open")
})

test("a token opens until its end, and fifteen seconds longer, as at Auth.js", async () => {
  const sealed = await encode({ token, secret, salt, maxAge: 60 })
  const start = Date.now()
  const isOpenAfter = async (seconds: number) => {
    vi.useFakeTimers({ now: start + seconds * 1_000, toFake: ["Date"] })
    const outcomes = await Promise.allSettled([
      decode({ token: sealed, secret, salt }),
      authjs.decode({ token: sealed, secret, salt }),
    ])
    return outcomes.map((one) => (one.status === "fulfilled" ? "opens" : one.reason.code))
  }
  expect(await isOpenAfter(70)).toEqual(["opens", "opens"])
  expect(await isOpenAfter(80)).toEqual(["ERR_JWT_EXPIRED", "ERR_JWT_EXPIRED"])
})
