/** Where a person lands who did not come from anywhere in particular. */
export const DEFAULT_RETURN_PATH = "/profile"

/** It travels in a cookie, encoded, beside what else a sign-in has to remember. */
const LONGEST_PATH = 1_024

/** Coming back to one of these would start or end something, or go round in circles. */
const notAPlaceToLand = /^\/(api|oauth1?|auth|signin|_next)(\/|$|\?|#)/i

/**
 * The one place that decides where a person may be sent back to: a path on this app's own origin, as the
 * WHATWG URL standard reads it, since that is how the browser will.
 *
 * The result is cut out of the parsed address and parsed once more, because the `pathname` of a harmless
 * address can be a harmful address: `https://app.example//evil.example`.
 *
 * @param value anything at all: a query parameter, a form field, a cookie
 * @param origin the app's own
 * @returns a path with query and hash; the default page for everything that does not stay here
 */
export function parseReturnPath(value: unknown, origin: string): string {
  if (typeof value !== "string" || value === "" || value.length > LONGEST_PATH) return DEFAULT_RETURN_PATH
  // "https:evil.example" is a path on an https origin and another host on an http one: not worth knowing.
  if (!value.startsWith("/") && value !== origin && !value.startsWith(`${origin}/`))
    return DEFAULT_RETURN_PATH
  const path = pathOnOrigin(value, origin)
  if (path === undefined || notAPlaceToLand.test(decoded(path))) return DEFAULT_RETURN_PATH
  return pathOnOrigin(path, origin) === path ? path : DEFAULT_RETURN_PATH
}

/** As a router may read it: `/%61pi` is `/api`. */
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
