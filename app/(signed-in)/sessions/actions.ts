"use server"

import { revalidatePath } from "next/cache"
import { redirect } from "next/navigation"
import { z } from "zod"
import { formField } from "@/lib/server/request-body"
import { endOtherSessions } from "@/lib/sessions/end-session"
import { limitTo } from "@/lib/sessions/limited-request"
import { fromRecords } from "@/lib/sessions/records"
import { wayInAfterAction } from "@/lib/sessions/way-in"

/** A reference of somebody else's session ends nothing: only sessions of the person's own connection can end here. */
export async function endSessionOfOther(form: FormData): Promise<void> {
  await limitTo("action", "/sessions")
  const reference = z.uuid().safeParse(formField(form, "reference"))
  if (reference.success) await end(reference.data)
}

export async function endAllOtherSessions(): Promise<void> {
  await limitTo("action", "/sessions")
  await end()
}

async function end(reference?: string): Promise<void> {
  const ended = await fromRecords("/sessions", endOtherSessions(reference))
  if (ended === null) redirect(wayInAfterAction("/sessions"))
  revalidatePath("/sessions")
}
