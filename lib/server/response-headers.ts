import { avatarHosts } from "auth-bitbucket/client"
import { environment } from "@/lib/env"

/** The header of every response that depends on the user. */
export const noStore = { "cache-control": "private, no-store" }

/**
 * The Content Security Policy of one response: scripts need the nonce, framing is forbidden, forms may lead to this
 * app and on to Bitbucket, and images may come from Bitbucket's avatar hosts.
 *
 * @param nonce fresh for each response
 */
export function contentSecurityPolicy(nonce: string): string {
  const { NODE_ENV, BITBUCKET_SITE_URL, BITBUCKET_API_URL, secureCookies } = environment()
  // A source with a path would match that path alone.
  const [site, api] = [BITBUCKET_SITE_URL, BITBUCKET_API_URL].map((address) => new URL(address).origin)
  const isDevelopment = NODE_ENV === "development"
  const avatars = avatarHosts.map((host) => `https://${host}`).join(" ")
  const directives = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    `img-src 'self' data: ${avatars} ${site} ${api}`,
    `form-action 'self' ${site}`,
    "connect-src 'self'",
    "font-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  if (secureCookies) directives.push("upgrade-insecure-requests")
  return directives.join("; ")
}

/** The nonce with which a policy allows scripts; undefined if there is no such policy. */
export function nonceOf(policy: string | null): string | undefined {
  return /'nonce-([^']+)'/.exec(policy ?? "")?.[1]
}
