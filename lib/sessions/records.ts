import "server-only"
import { redirect, unstable_rethrow as rethrowIfNavigation } from "next/navigation"
import { isDatabaseUnreachable } from "@/lib/db/errors"
import { reportFailure } from "@/lib/server/failure-report"
import { databaseUnavailable, internalError } from "./way-in"

/**
 * Waits for something that a page or an action needs. Where it fails, the person is sent to the page that says
 * whether the database is unavailable or this is a fault of ours, still signed in. Next's own page of an error needs a
 * script, and an action that a form sends without one would be answered with two words.
 *
 * @param path of the page that they try again from there
 */
export async function fromRecords<Result>(path: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    rethrowIfNavigation(error)
    if (!isDatabaseUnreachable(error)) redirect(internalError(path, reportFailure("request_failed", error)))
    reportFailure("database_unavailable", error)
    redirect(databaseUnavailable(path))
  }
}
