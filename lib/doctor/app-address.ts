import type { UsableVariables } from "./inspect-environment"
import { type CheckResult, ok, warning } from "./result"

const CALLBACK_PATH = "/api/auth/callback/bitbucket"
/** Where `npm run dev` listens. */
const DEVELOPMENT_ORIGIN = "http://localhost:3000"

/**
 * The `redirect_uri` that every authorization request carries.
 *
 * @param seenOrigin where a person opened the app, which it uses as its address if AUTH_URL is not set
 * @returns null if it is unknown
 */
export function callbackUrlOf({ AUTH_URL, NODE_ENV }: UsableVariables, seenOrigin?: string): string | null {
  const origin = AUTH_URL ?? seenOrigin ?? (NODE_ENV === "production" ? undefined : DEVELOPMENT_ORIGIN)
  return origin === undefined ? null : origin + CALLBACK_PATH
}

/** What the app calls itself, and whether that is how people reach it. */
export function checkAppAddress(usable: UsableVariables, seenOrigin?: string): CheckResult[] {
  const callbackUrl = callbackUrlOf(usable, seenOrigin)
  const callback = checkCallbackUrl(usable, callbackUrl)
  return [...(callback ? [callback] : []), ...checkSeenOrigin(usable, seenOrigin)]
}

/** @returns null if AUTH_URL itself is missing or wrong, which the check of that variable reports */

function checkCallbackUrl(
  { AUTH_URL, VERCEL }: UsableVariables,
  callbackUrl: string | null,
): CheckResult | null {
  const id = "callback.url"
  if (AUTH_URL && callbackUrl) return ok(id, `Bitbucket is told to send people back to \`${callbackUrl}\`.`)
  if (VERCEL !== undefined)
    return warning(
      id,
      "auth_url_missing",
      "AUTH_URL is not set, so each deployment names its own address, and Bitbucket refuses those that it does not know",
      "set AUTH_URL for production, and give previews an OAuth client of their own",
    )
  if (callbackUrl)
    return warning(
      id,
      "auth_url_missing",
      `AUTH_URL is not set, so Bitbucket is told wherever the app is opened, here \`${callbackUrl}\``,
      "set AUTH_URL to the address that people open, so that it is always the same",
    )
  return null
}

/** At a host other than that of AUTH_URL, a sign-in goes to AUTH_URL first, and the app refuses forms. */
function checkSeenOrigin({ AUTH_URL }: UsableVariables, seenOrigin: string | undefined): CheckResult[] {
  if (!AUTH_URL || !seenOrigin) return []
  const id = "callback.seen_origin"
  const { host, origin } = new URL(AUTH_URL)
  if (URL.canParse(seenOrigin) && new URL(seenOrigin).host === host)
    return [ok(id, "You opened this page where AUTH_URL says that the app is.")]
  return [
    warning(
      id,
      "opened_elsewhere",
      `You opened this page at another host than \`${origin}\`, which AUTH_URL names, so signing in from here leads there, and forms of this page are refused`,
      `open the app at \`${origin}\`, or set AUTH_URL to where people open it`,
    ),
  ]
}
