import { createDecipheriv, createHash, hkdfSync } from "node:crypto"
import { CompactEncrypt, decodeProtectedHeader } from "jose"
import { z } from "zod"

/** The tokens of one connection. */
export type Tokens = {
  accessToken: string
  /** Empty if there is none. */
  refreshToken: string
  /** Belongs to an OAuth 1.0a access token: requests are signed with both. */
  tokenSecret?: string | undefined
}

const tokensSchema = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  tokenSecret: z.string().optional(),
})

/** The sealed tokens of a row cannot be opened: another secret, another row, or damage. */
export class UnsealError extends Error {
  override readonly name = "UnsealError"
  readonly code = "tokens_unreadable"
  /** Whether they were sealed with a secret that this server does not have. Another server may have it. */
  readonly isKeyUnknown: boolean

  constructor(message: string, isKeyUnknown = false) {
    super(message)
    this.isKeyUnknown = isKeyUnknown
  }
}

/**
 * Seals tokens for one row of the database: JWE, `dir` with A256GCM (RFC 7516, RFC 7518 §4.5). The key is
 * derived from the secret *and* the account's identity, including its issuer, so that a ciphertext that was moved to another
 * row does not open there.
 *
 * @param secrets the first one seals
 * @param account the owner of the row
 */
export async function sealTokens(
  tokens: Tokens,
  account: string,
  secrets: readonly [string, ...string[]],
): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(tokens)))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: keyId(secrets[0]) })
    .encrypt(rowKey(secrets[0], account))
}

/**
 * Opens the result of `sealTokens`, with the secret that its key id names.
 *
 * @throws UnsealError without any of the contents
 */
export async function unsealTokens(
  sealed: string,
  account: string,
  secrets: readonly string[],
): Promise<Tokens> {
  try {
    const { alg, enc, kid } = decodeProtectedHeader(sealed)
    if (alg !== "dir" || enc !== "A256GCM")
      throw new UnsealError("The tokens were not sealed by this library")
    const secret = secrets.find((candidate) => keyId(candidate) === kid)
    if (!secret) throw new UnsealError("No secret has this key id", true)
    const plaintext = decrypt(sealed, rowKey(secret, account))
    return tokensSchema.parse(JSON.parse(plaintext))
  } catch (error) {
    if (error instanceof UnsealError) throw error
    throw new UnsealError("The sealed tokens do not open")
  }
}

/**
 * Opens a compact JWE with `dir` and A256GCM (RFC 7516 §5.2). Uses Node's own cipher, since every call opens a token: jose
 * uses WebCrypto and its thread pool, which takes longer than reading the row.
 */
function decrypt(jwe: string, key: Uint8Array): string {
  const [header = "", encryptedKey, iv = "", ciphertext = "", tag = "", ...rest] = jwe.split(".")
  const [ivBytes, tagBytes] = [Buffer.from(iv, "base64url"), Buffer.from(tag, "base64url")]
  if (encryptedKey !== "" || rest.length > 0 || ivBytes.length !== 12 || tagBytes.length !== 16)
    throw new UnsealError("The sealed tokens do not open")
  const decipher = createDecipheriv("aes-256-gcm", key, ivBytes, { authTagLength: 16 })
  decipher.setAAD(Buffer.from(header, "ascii"))
  decipher.setAuthTag(tagBytes)
  return decipher.update(ciphertext, "base64url", "utf8") + decipher.final("utf8")
}

/** Seals and opens the tokens of connections. */
export type Vault = {
  seal: (tokens: Tokens, account: string) => Promise<string>
  /** Opens each row object once, since callers that share a refresh share its row. @throws UnsealError */
  open: (row: { sealedTokens: string; account: string }) => Promise<Tokens>
  /** Whether it was sealed with the secret that seals now. */
  isCurrent: (sealedTokens: string) => boolean
}

/** A key is only as strong as the secret it is derived from, and RFC 7518 §4.5 requires 256 bits. */
const FEWEST_CHARACTERS = 32

/**
 * @param secrets the first one seals, all of them open. A build may run without the environment, so the first is checked only
 *   when it is used: `seal` rejects with TypeError if it is shorter than 32 characters
 */
export function createVault(secrets: readonly [string, ...string[]]): Vault {
  const opened = new WeakMap<object, Promise<Tokens>>()
  return {
    async seal(tokens, account) {
      if (secrets[0].length < FEWEST_CHARACTERS)
        throw new TypeError(`The secret that seals tokens has fewer than ${FEWEST_CHARACTERS} characters`)
      return sealTokens(tokens, account, secrets)
    },
    open(row) {
      const tokens = opened.get(row) ?? unsealTokens(row.sealedTokens, row.account, secrets)
      opened.set(row, tokens)
      return tokens
    },
    isCurrent: (sealedTokens) => isSealedWith(sealedTokens, secrets[0]),
  }
}

/** Whether tokens were sealed with this secret; false for text that is not sealed tokens. */
function isSealedWith(sealed: string, secret: string): boolean {
  try {
    return decodeProtectedHeader(sealed).kid === keyId(secret)
  } catch {
    return false
  }
}

function rowKey(secret: string, account: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, account, "connection tokens", 32))
}

/** Cached: a process has few secrets, and needs their ids for each token. */
const keyIds = new Map<string, string>()

/** Identifies a secret without revealing it: derived separately from every key. */
function keyId(secret: string): string {
  const known = keyIds.get(secret)
  if (known !== undefined) return known
  const derived = hkdfSync("sha256", secret, "", "connection tokens key id", 16)
  const id = createHash("sha256").update(new Uint8Array(derived)).digest("base64url").slice(0, 12)
  keyIds.set(secret, id)
  return id
}
