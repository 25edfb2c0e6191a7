import { createHash, hkdfSync } from "node:crypto"
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from "jose"
import { z } from "zod"

/** What Bitbucket gave for one connection and nobody else may read. */
export type Tokens = {
  accessToken: string
  /** Empty where there is none. */
  refreshToken: string
  /** Belongs to an access token of OAuth 1.0a, which signs with it and is never sent alone. */
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
  /** Whether they were sealed with a secret that this server does not know; another one may, or this one once it is told. */
  readonly isKeyUnknown: boolean

  constructor(message: string, isKeyUnknown = false) {
    super(message)
    this.isKeyUnknown = isKeyUnknown
  }
}

/**
 * Seals tokens for one row of the database: JWE, `dir` with A256GCM (RFC 7516, RFC 7518 §4.5). The key is
 * derived from the secret *and* the account's identity, issuer included, so that a ciphertext moved to another row does
 * not open there.
 *
 * @param secrets the first seals
 * @param accountUuid the identity of the row that the result belongs to
 */
export async function sealTokens(
  tokens: Tokens,
  accountUuid: string,
  secrets: readonly [string, ...string[]],
): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(tokens)))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: keyId(secrets[0]) })
    .encrypt(rowKey(secrets[0], accountUuid))
}

/**
 * Opens what `sealTokens` made, with whichever of the secrets the key id names.
 *
 * @throws UnsealError without any of the contents
 */
export async function unsealTokens(
  sealed: string,
  accountUuid: string,
  secrets: readonly string[],
): Promise<Tokens> {
  try {
    const { plaintext } = await compactDecrypt(
      sealed,
      ({ kid }) => {
        const secret = secrets.find((candidate) => keyId(candidate) === kid)
        if (!secret) throw new UnsealError("No secret has this key id", true)
        return rowKey(secret, accountUuid)
      },
      { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"] },
    )
    return tokensSchema.parse(JSON.parse(new TextDecoder().decode(plaintext)))
  } catch (error) {
    if (error instanceof UnsealError) throw error
    throw new UnsealError("The sealed tokens do not open")
  }
}

type SealedRow = { sealedTokens: string; accountUuid: string }

/** Opens the tokens of a row. @throws UnsealError */
export type TokenOpener = (row: SealedRow) => Promise<Tokens>

/** An opener that opens one row once, however many have it: those who share a renewal share its row. */
export function createTokenOpener(secrets: readonly string[]): TokenOpener {
  const opened = new WeakMap<SealedRow, Promise<Tokens>>()
  return (row) => {
    const tokens = opened.get(row) ?? unsealTokens(row.sealedTokens, row.accountUuid, secrets)
    opened.set(row, tokens)
    return tokens
  }
}

/** Whether sealed tokens were sealed with this secret; false for what is no seal at all. */
export function isSealedWith(sealed: string, secret: string): boolean {
  try {
    return decodeProtectedHeader(sealed).kid === keyId(secret)
  } catch {
    return false
  }
}

function rowKey(secret: string, accountUuid: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, accountUuid, "connection tokens", 32))
}

/** Names a secret without telling it: derived apart from every key. */
function keyId(secret: string): string {
  const derived = hkdfSync("sha256", secret, "", "connection tokens key id", 16)
  return createHash("sha256").update(new Uint8Array(derived)).digest("base64url").slice(0, 12)
}
