import { decode, encode } from "@auth/core/jwt"
import type { NextResponse } from "next/server"
import { z } from "zod"
import { environment } from "@/lib/env"
import { DEFAULT_RETURN_PATH } from "@/lib/return-path"
import { cookieName, cookieOptions } from "@/lib/server/cookies"
import { reportFailure } from "@/lib/server/failure-report"
import { log } from "@/lib/server/log"
import { signInEnded } from "@/lib/server/telemetry/spans"
import { errorPath } from "@/lib/sessions/paths"
import type { SignInFailure } from "./classify-failure"
import type { SignInFailureCode } from "./failures"
import { redirectWithin } from "./navigation"

/**
 * Ends a failed sign-in with a redirect to the page that says why.
 *
 * @param next where the user wanted to go: a path that `parseReturnPath` has accepted
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
  const page = errorPath(code, next, code === "internal_error" ? id : undefined)
  const response = redirectWithin(request, page)
  const note = await writeFailureNote(failure)
  if (note !== null)
    response.cookies.set(failureNoteName(), note, {
      ...cookieOptions(),
      maxAge: FAILURE_NOTE_LIFETIME_SECONDS,
    })
  return response
}

/** How long the page shows all details when it is reloaded. */
const FAILURE_NOTE_LIFETIME_SECONDS = 15 * 60

const noteSchema = z.object({
  code: z.string(),
  account: z.string().optional(),
  retryAt: z.iso
    .datetime()
    .transform((value) => new Date(value))
    .optional(),
})

/** What the page of a failed sign-in says beyond its code. */
export type FailureNote = {
  /** The name of the account that Bitbucket signed in and this app refuses. */
  account?: string | undefined
  /** When the app may ask Bitbucket again. */
  retryAt?: Date | undefined
}

/** The name of the cookie that holds the note. */
export function failureNoteName(): string {
  return cookieName("authjs.failure")
}

/**
 * Seals what the page should know about a failed sign-in. It goes into a cookie, because URLs end up in histories, and anyone
 * can forge one.
 *
 * @returns the cookie's value, or null if the code says everything
 */
async function writeFailureNote(failure: SignInFailure, now = new Date()): Promise<string | null> {
  const { code, account, retryAfterSeconds } = failure
  if (account === undefined && retryAfterSeconds === undefined) return null
  const retryAt =
    retryAfterSeconds === undefined
      ? undefined
      : new Date(now.getTime() + retryAfterSeconds * 1000).toISOString()
  return encode({
    token: { code, account, retryAt },
    secret: environment().cookieSecrets,
    salt: failureNoteName(),
    maxAge: FAILURE_NOTE_LIFETIME_SECONDS,
  })
}

/** Reads the note of a failure. @returns {} if it belongs to another failure, was altered or is too old */
export async function readFailureNote(
  value: string | undefined,
  code: SignInFailureCode,
): Promise<FailureNote> {
  if (!value) return {}
  const token = await decode({
    token: value,
    secret: environment().cookieSecrets,
    salt: failureNoteName(),
  }).catch(() => null)
  const note = noteSchema.safeParse(token).data
  return note?.code === code ? { account: note.account, retryAt: note.retryAt } : {}
}
