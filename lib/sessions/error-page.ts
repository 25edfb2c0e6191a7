import "server-only"
import { redirect, unstable_rethrow as rethrowIfNavigation } from "next/navigation"
import { isDatabaseUnreachable } from "@/lib/db/errors"
import { reportFailure } from "@/lib/server/failure-report"
import { errorPath } from "./paths"

/**
 * Waits for the work of a page or an action. If it fails, redirects the user to the page that says whether the database is
 * unavailable or the app has a bug; they stay signed in. Next's own error page needs JavaScript, and without it a form
 * would get two words of plain text.
 *
 * @param path of the page from which they try again
 */
export async function orErrorPage<Result>(path: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    rethrowIfNavigation(error)
    if (!isDatabaseUnreachable(error))
      redirect(errorPath("internal_error", path, reportFailure("request_failed", error)))
    reportFailure("database_unavailable", error)
    redirect(errorPath("database_unavailable", path))
  }
}
