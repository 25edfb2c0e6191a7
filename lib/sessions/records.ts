import "server-only"
import { redirect, unstable_rethrow as rethrowIfNavigation } from "next/navigation"
import { isDatabaseUnreachable } from "@/lib/db/errors"
import { reportFailure } from "@/lib/failure-report"
import { databaseUnavailable } from "./way-in"

/**
 * Waits for something that needs the database. Where the database cannot be reached, the person is sent to the page
 * that says so, still signed in, and comes back from there.
 *
 * @param path of the page that they come back to
 * @throws every other error of `work`: a bug, which the error page tells
 */
export async function fromRecords<Result>(path: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    rethrowIfNavigation(error)
    if (!isDatabaseUnreachable(error)) throw error
    reportFailure("database_unavailable", error)
    redirect(databaseUnavailable(path))
  }
}
