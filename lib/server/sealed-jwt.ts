import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  randomUUID,
  timingSafeEqual,
} from "node:crypto"

/**
 * JWTs in the form in which Auth.js seals them: compact JWE (RFC 7516) with `dir` and A256CBC-HS512 (RFC 7518 §5.2.5).
 * By Node's own functions: Auth.js goes to the thread pool three times to seal a cookie and six times to open one, and
 * the way there and back takes ten times as long as the work.
 */
type Sealing = {
  /** The first seals, all open. */
  secret: string | readonly string[]
  /** The name of the cookie: the key is derived from it too, so that a value opens under no other name. */
  salt: string
}

/** Clocks of servers may differ by so many seconds. */
const CLOCK_TOLERANCE_SECONDS = 15

const ENCRYPTION = "A256CBC-HS512"

const now = () => Math.floor(Date.now() / 1_000)

/** @param maxAge how long it opens, in seconds */
export async function encode({
  token = {},
  secret,
  salt,
  maxAge,
}: Sealing & { token?: object | undefined; maxAge: number }): Promise<string> {
  const [first = ""] = [secret].flat()
  const key = keyOf(first, salt)
  const claims = { ...token, iat: now(), exp: now() + maxAge, jti: randomUUID() }
  const header = base64url({ alg: "dir", enc: ENCRYPTION, kid: nameOf(key) })
  const iv = randomBytes(16)
  const cipher = createCipheriv("aes-256-cbc", key.subarray(32), iv)
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(claims)), cipher.final()])
  const parts = [iv, ciphertext, tagOf(key, header, iv, ciphertext)]
  return [header, "", ...parts.map((part) => part.toString("base64url"))].join(".")
}

/**
 * @returns what `encode` or Auth.js sealed
 * @throws Error if it was sealed with none of the secrets or for another name, was changed, or has expired; the `code` is
 *   `ERR_JWT_EXPIRED` then, as in the library of Auth.js
 */
export async function decode({
  token,
  secret,
  salt,
}: Sealing & { token: string }): Promise<Record<string, unknown>> {
  const [header = "", encryptedKey, ...rest] = token.split(".")
  const [iv, ciphertext, tag] = rest.map(bytesOf)
  if (encryptedKey !== "" || rest.length !== 3 || !iv || !ciphertext || !tag || iv.length !== 16)
    throw unsealable()
  const key = [secret]
    .flat()
    .map((one) => keyOf(one, salt))
    .find((one) => isHeaderOf(one, bytesOf(header)))
  if (!key) throw unsealable()
  const expected = tagOf(key, header, iv, ciphertext)
  if (tag.length !== expected.length || !timingSafeEqual(tag, expected)) throw unsealable()
  const decipher = createDecipheriv("aes-256-cbc", key.subarray(32), iv)
  const claims = recordOf(Buffer.concat([decipher.update(ciphertext), decipher.final()]))
  if (typeof claims.exp !== "number") throw unsealable()
  if (claims.exp <= now() - CLOCK_TOLERANCE_SECONDS)
    throw Object.assign(new Error("The token has expired"), { code: "ERR_JWT_EXPIRED" })
  return claims
}

const unsealable = () => new Error("The token does not open")

/** 32 bytes for the tag, and 32 for the cipher. */
function keyOf(secret: string, salt: string): Buffer {
  const info = `Auth.js Generated Encryption Key (${salt})`
  return Buffer.from(hkdfSync("sha256", secret, salt, info, 64))
}

/** The key's thumbprint, RFC 7638. */
function nameOf(key: Buffer): string {
  const jwk = JSON.stringify({ k: key.toString("base64url"), kty: "oct" })
  return createHash("sha512").update(jwk).digest("base64url")
}

/** Whether a header says what `encode` writes, and nothing else that would have to be understood. */
function isHeaderOf(key: Buffer, bytes: Buffer): boolean {
  const { alg, enc, kid, ...others } = recordOf(bytes)
  return alg === "dir" && enc === ENCRYPTION && kid === nameOf(key) && Object.keys(others).length === 0
}

function tagOf(key: Buffer, header: string, iv: Buffer, ciphertext: Buffer): Buffer {
  const headerBits = Buffer.alloc(8)
  headerBits.writeUInt32BE(header.length * 8, 4)
  const hmac = createHmac("sha512", key.subarray(0, 32))
  return hmac.update(header).update(iv).update(ciphertext).update(headerBits).digest().subarray(0, 32)
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url")
}

/** Only one text stands for the same bytes: Node's decoder ignores what it does not know. */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.from(text, "base64url")
  if (bytes.toString("base64url") !== text) throw unsealable()
  return bytes
}

function recordOf(bytes: Buffer): Record<string, unknown> {
  const value: unknown = JSON.parse(bytes.toString())
  if (typeof value !== "object" || value === null) throw unsealable()
  return value as Record<string, unknown>
}
