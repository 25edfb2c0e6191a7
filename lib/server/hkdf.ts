import { hkdfSync } from "node:crypto"

/**
 * HKDF, RFC 5869, instead of the package `@panva/hkdf`: next.config.ts substitutes it in Auth.js, which derives a key for each
 * cookie that it seals or opens. The package uses the thread pool, and the round trip takes ten times as long as the
 * derivation.
 *
 * @param keyLength in bytes
 */
export async function hkdf(
  digest: string,
  secret: string,
  salt: string,
  info: string,
  keyLength: number,
): Promise<Uint8Array> {
  return new Uint8Array(hkdfSync(digest, secret, salt, info, keyLength))
}
