import "server-only"
import { redirect, unstable_rethrow as rethrowIfNavigation } from "next/navigation"
import { log } from "@/lib/log"
import { errorType } from "@/lib/telemetry/spans"
import { databaseUnavailable } from "./way-in"

/**
 * Waits for something that needs the database. Where that cannot be asked, the person is sent to the page that
 * says so, still signed in, and comes back from there.
 *
 * @param path of the page that they come back to
 */
export async function fromRecords<Result>(path: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    rethrowIfNavigation(error)
    log.error("records_unavailable", { code: errorType(error) })
    redirect(databaseUnavailable(path))
  }
}
