import { createHash, timingSafeEqual } from "node:crypto"

/**
 * Whether a request carries a bearer secret (RFC 6750 §2.1). Compares hashes in constant time, so that neither
 * the secret nor its length can be measured.
 *
 * @param secret where it is not configured, nobody carries it
 */
export function isBearer(request: Request, secret: string | undefined): boolean {
  const [scheme, credential] = request.headers.get("authorization")?.split(" ") ?? []
  if (!secret || scheme?.toLowerCase() !== "bearer" || !credential) return false
  return timingSafeEqual(hash(credential), hash(secret))
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest()
}
