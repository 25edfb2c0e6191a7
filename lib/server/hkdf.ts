import { hkdfSync } from "node:crypto"

/**
 * HKDF, RFC 5869, in place of the package `@panva/hkdf`: next.config.ts gives it to Auth.js, which derives a key for each
 * cookie that it seals or opens. The package does so in a thread of its own, and the way there and back takes ten times
 * as long as the derivation.
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
