import { headers } from "next/headers"
import { appOrigin } from "@/lib/server/app-origin"

/** Where a user goes if they asked for no particular page. */
export const DEFAULT_RETURN_PATH = "/profile"

/** The flow cookie holds it, encoded, with everything else that a sign-in must remember. */
const LONGEST_PATH = 1_024

/** Returning to one of these would start or end something, or cause a redirect loop. */
const excludedPath = /^\/(api|oauth1?|auth|signin|_next)(\/|$|\?|#)/i

/**
 * Decides where a user may return to: a path on this app's own origin, parsed by the WHATWG URL standard,
 * because that is what browsers do.
 *
 * It parses its own result once more, because the `pathname` of a harmless URL can
 * be a harmful URL itself: `https://app.example//evil.example`.
 *
 * @param value anything: a query parameter, a form field
 * @param origin the app's own
 * @returns a path with query and hash; the default page for every address outside this app
 */
export function parseReturnPath(value: unknown, origin: string): string {
  if (typeof value !== "string" || value === "" || value.length > LONGEST_PATH) return DEFAULT_RETURN_PATH
  // "https:evil.example" is a path on an https origin and another host on an http one: not worth knowing.
  if (!value.startsWith("/") && value !== origin && !value.startsWith(`${origin}/`))
    return DEFAULT_RETURN_PATH
  const path = pathOnOrigin(value, origin)
  if (path === undefined || excludedPath.test(decoded(path))) return DEFAULT_RETURN_PATH
  return pathOnOrigin(path, origin) === path ? path : DEFAULT_RETURN_PATH
}

/** A router may decode a path: `/%61pi` is `/api`. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function pathOnOrigin(value: string, origin: string): string | undefined {
  if (!URL.canParse(value, origin)) return undefined
  const url = new URL(value, origin)
  if (url.origin !== origin || url.username || url.password) return undefined
  return url.href.slice(origin.length)
}

/**
 * Where the user goes after a page: `next` in its query, or `callbackUrl` if Auth.js redirected to it.
 *
 * @param searchParams of the page, which anyone can forge
 */
export async function readReturnPath(searchParams: Promise<Record<string, unknown>>): Promise<string> {
  const { next, callbackUrl } = await searchParams
  const requestHeaders = await headers()
  const address = `http://${requestHeaders.get("host")}`
  // Anyone can send anything as Host.
  if (!URL.canParse(address)) return DEFAULT_RETURN_PATH
  const request = new Request(new URL(address).origin, { headers: requestHeaders })
  return parseReturnPath(next ?? callbackUrl, appOrigin(request))
}

/**
 * The address of a path of this app. It never leads away.
 *
 * @param path on the app's own origin; anything else means the default page
 */
export function addressWithin(request: Request, path: string): string {
  const origin = appOrigin(request)
  const target = URL.canParse(path, origin) ? new URL(path, origin) : undefined
  return (target?.origin === origin ? target : new URL(DEFAULT_RETURN_PATH, origin)).href
}
