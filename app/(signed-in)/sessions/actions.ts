"use server"

import { redirect } from "next/navigation"
import { z } from "zod"
import { formField } from "@/lib/server/request-body"
import { endOtherSessions } from "@/lib/sessions/end-session"
import { orErrorPage } from "@/lib/sessions/error-page"
import { limitTo } from "@/lib/sessions/limited-request"
import { signInPathAfterAction } from "@/lib/sessions/paths"

/** Only sessions of the person's own connection can end here: someone else's reference ends nothing. */
export async function endSessionOfOther(form: FormData): Promise<void> {
  await limitTo("action", "/sessions")
  const reference = z.uuid().safeParse(formField(form, "reference"))
  if (reference.success) await end(reference.data)
}

export async function endAllOtherSessions(): Promise<void> {
  await limitTo("action", "/sessions")
  await end()
}

async function end(reference?: string): Promise<never> {
  const ended = await orErrorPage("/sessions", endOtherSessions(reference))
  if (ended === null) redirect(signInPathAfterAction("/sessions"))
  redirect(ended === 0 ? "/sessions" : "/sessions?ended")
}
