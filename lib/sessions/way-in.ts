import type { Route } from "next"

/** A path prefix whose anonymous visitors meet Bitbucket at once, as the integrations of other products do. */
const INTEGRATIONS = "/integrations/"

/**
 * Where an anonymous visitor of a protected path is sent, so as to come back to it.
 *
 * @param path the protected path, with its query
 */
export function wayIn(path: string): Route {
  if (path.startsWith(INTEGRATIONS))
    return `/oauth/bitbucket/authorize?reason=integration&next=${encodeURIComponent(path)}` as Route
  return signInPage(path) as Route
}

/**
 * Where somebody is sent who has pressed a button of a page after their session had ended: a page of ours, since
 * Next asks for what an action leads to by itself, and would follow it to Bitbucket. It says that nothing was done.
 */
export function wayInAfterAction(path: string): Route {
  return `${signInPage(path)}&reason=session_over` as Route
}

/** Where somebody is sent whose connection has ended: the sign-in page, which says so. */
export function wayBackIn(path: string): Route {
  return `${signInPage(path)}&reason=reauthorization` as Route
}

/** Where somebody is sent whom this deployment does not admit any more, or cannot say whether it does. */
export function refusalPath(path: string, refusal: "not_admitted" | "membership_unverified"): Route {
  return refusal === "not_admitted"
    ? (`${signInPage(path)}&reason=not_admitted` as Route)
    : (`/auth/error?error=membership_unverified&next=${encodeURIComponent(path)}` as Route)
}

const signInPage = (path: string) => `/signin?next=${encodeURIComponent(path)}`

/** The page that says that the database is unavailable; from there people come back to `path`. */
export function databaseUnavailable(path: string): Route {
  return `/auth/error?error=database_unavailable&next=${encodeURIComponent(path)}` as Route
}

/** The page of a fault of ours; from there people try `path` again. @param reference the id of its line in the log */
export function internalError(path: string, reference: string): Route {
  return `/auth/error?error=internal_error&next=${encodeURIComponent(path)}&reference=${reference}` as Route
}
