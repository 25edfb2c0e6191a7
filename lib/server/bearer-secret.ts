import { createHash, timingSafeEqual } from "node:crypto"

/**
 * Whether a request carries a bearer secret (RFC 6750 §2.1), and nothing else, in its Authorization header. Compares
 * hashes in constant time, so that neither the secret nor its length can be measured.
 *
 * @param secret if it is not configured, no request matches
 */
export function isBearer(request: Request, secret: string | undefined): boolean {
  const [, credential] = /^bearer +(.+)$/i.exec(request.headers.get("authorization") ?? "") ?? []
  if (!secret || !credential) return false
  return timingSafeEqual(hash(credential), hash(secret))
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest()
}
