import { environment } from "@/lib/env"

/** RFC 9116 §2.5.5 recommends less than a year. */
const VALID_FOR_DAYS = 180

/** Whom to tell about a vulnerability, RFC 9116; nothing if the deployment names no contact. */
export function GET(): Response {
  const { SECURITY_CONTACT } = environment()
  if (!SECURITY_CONTACT) return new Response(null, { status: 404 })
  const expires = new Date(Date.now() + VALID_FOR_DAYS * 24 * 60 * 60 * 1000)
  return new Response(
    `Contact: ${SECURITY_CONTACT}\nExpires: ${expires.toISOString()}\nPreferred-Languages: en\n`,
    { headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "public, max-age=86400" } },
  )
}
