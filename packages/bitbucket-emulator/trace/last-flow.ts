import type { JournalEntry, JournalRow } from "../journal.ts"
import { isAuthorize, isRequestToken } from "./endpoints.ts"

/** More hops than any sign-in has; an application that keeps calling the API does not push the sign-in off the page. */
const MOST_HOPS = 200

/** The requests since the last authorization request. Pictures are left out. */
export function lastFlow(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  let startsAt = 0
  let current: string | null = null
  let isAnswered = false
  for (const [index, { row }] of entries.entries()) {
    const request = authorizationRequestOf(row)
    // A repeated request is the browser returning from the sign-in page.
    if (request !== null && (request !== current || isAnswered)) {
      startsAt = index
      current = request
      isAnswered = false
    }
    isAnswered ||= leadsToCallback(row)
  }
  return entries
    .slice(startsAt)
    .filter(({ row }) => !/^\/(account\/avatars\/|favicon\.ico$)/.test(row.path))
    .slice(0, MOST_HOPS)
}

/** What distinguishes one authorization request from another, or null for any other request. */
function authorizationRequestOf({ method, path, query, at }: JournalRow): string | null {
  if (method === "GET" && isAuthorize(path)) {
    return [query.client_id, query.state, query.redirect_uri].join(" ")
  }
  return isRequestToken(path) ? `OAuth 1.0a at ${at}` : null
}

function leadsToCallback({ path, status, location }: JournalRow): boolean {
  return isAuthorize(path) && status === 302 && location !== null && !location.startsWith("/")
}
