import { NextResponse } from "next/server"
import { DEFAULT_RETURN_PATH } from "@/lib/return-path"
import { appOrigin } from "@/lib/server/app-origin"
import { cookieOptions } from "@/lib/server/cookies"
import { reportFailure } from "@/lib/server/failure-report"
import { log } from "@/lib/server/log"
import { noStore } from "@/lib/server/response-headers"
import { signInEnded } from "@/lib/server/telemetry/spans"
import { internalError } from "@/lib/sessions/way-in"
import type { SignInFailure } from "./failure"
import { FAILURE_NOTE_LIFETIME_SECONDS, failureNoteName, writeFailureNote } from "./failure-note"

/**
 * Ends a sign-in that failed on the page that says why.
 *
 * @param next where the person wanted to go: a path that `parseReturnPath` has let through
 */
export async function failurePage(
  request: Request,
  failure: SignInFailure,
  next = DEFAULT_RETURN_PATH,
): Promise<NextResponse> {
  const { code, status, cause } = failure
  const id = cause === undefined ? undefined : reportFailure("sign_in_failed", cause, { code })
  if (id === undefined) log.warn("sign_in_failed", { code, ...(status !== undefined && { status }) })
  signInEnded(code)
  const page =
    id !== undefined && code === "internal_error"
      ? internalError(next, id)
      : `/auth/error?error=${code}&next=${encodeURIComponent(next)}`
  const response = redirectWithin(request, page)
  const note = await writeFailureNote(failure)
  if (note !== null)
    response.cookies.set(failureNoteName(), note, {
      ...cookieOptions(),
      maxAge: FAILURE_NOTE_LIFETIME_SECONDS,
    })
  return response
}

/** @param path on this app's own origin */
export function redirectWithin(request: Request, path: string): NextResponse {
  return new NextResponse(null, {
    status: 302,
    headers: { ...noStore, location: new URL(path, appOrigin(request)).href },
  })
}
