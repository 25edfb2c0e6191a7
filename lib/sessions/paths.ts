import type { Route } from "next"

/** Anonymous visitors of these paths go straight to Bitbucket, as the integrations of other products do. */
const INTEGRATIONS = "/integrations/"

/**
 * Where a visitor of a protected path goes to sign in; afterwards they come back to it. People whose session has ended
 * always see the sign-in page, because it says why they have to sign in again.
 *
 * @param path the protected path, with its query
 */
export function signInPath(path: string, absence: "signed_out" | "session_ended" = "signed_out"): Route {
  if (path.startsWith(INTEGRATIONS) && absence === "signed_out")
    return `/oauth/bitbucket/authorize?next=${encodeURIComponent(path)}` as Route
  return signInPage(path) as Route
}

/**
 * Where people go if they press a button after their session has ended. It must be one of our pages: Next itself fetches
 * the target of an action's redirect, and would follow it to Bitbucket. The page says that the button did nothing.
 */
export function signInPathAfterAction(path: string): Route {
  return `${signInPage(path)}&reason=session_over` as Route
}

/** Where people go whose connection has ended: the sign-in page, which says so. */
export function reconnectPath(path: string): Route {
  return `${signInPage(path)}&reason=reauthorization` as Route
}

/** Where people go if this app no longer admits them, or if Bitbucket has not said whether it does. */
export function refusalPath(path: string, refusal: "not_admitted" | "membership_unverified"): Route {
  return refusal === "not_admitted"
    ? (`${signInPage(path)}&reason=not_admitted` as Route)
    : errorPath("membership_unverified", path)
}

const signInPage = (path: string) => `/signin?next=${encodeURIComponent(path)}`

/**
 * The page of an error. From there people go back to `path`.
 *
 * @param code a key of the table in `lib/sign-in/failures.ts`
 * @param reference the id of the error's line in the log
 */
export function errorPath(code: string, path: string, reference?: string): Route {
  const page = `/auth/error?error=${code}&next=${encodeURIComponent(path)}`
  return (reference === undefined ? page : `${page}&reference=${reference}`) as Route
}
