import { decode, encode } from "@auth/core/jwt"
import { z } from "zod"
import { environment } from "@/lib/env"
import { cookieName } from "@/lib/server/cookies"
import type { SignInFailure } from "./failure"
import type { SignInFailureCode } from "./failure-code"

/** As long as a person may look at the page that tells them. */
export const FAILURE_NOTE_LIFETIME_SECONDS = 15 * 60

const noteSchema = z.object({
  code: z.string(),
  account: z.string().optional(),
  retryAt: z.iso
    .datetime()
    .transform((value) => new Date(value))
    .optional(),
})

/** What the page of a failed sign-in tells beyond its code. */
export type FailureNote = {
  /** Whom Bitbucket signed in, where that account is what is refused. */
  account?: string | undefined
  /** From when on Bitbucket may be asked again. */
  retryAt?: Date | undefined
}

/** Of the cookie that holds the note. */
export function failureNoteName(): string {
  return cookieName("authjs.failure")
}

/**
 * Seals what the next page should know of a failed sign-in. In a cookie, since an address would end up in
 * histories and could be made up by anybody.
 *
 * @returns the cookie's value, or null where the code says everything
 */
export async function writeFailureNote(failure: SignInFailure, now = new Date()): Promise<string | null> {
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

/** Reads the note that belongs to a failure; one of another failure, altered or too old says nothing. */
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
