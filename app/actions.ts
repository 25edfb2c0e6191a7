"use server"

import { formField } from "@/lib/server/request-body"
import { parseTheme, rememberTheme } from "@/lib/server/theme"
import { limitTo } from "@/lib/sessions/limited-request"

/** Changes nothing but how this browser's pages look, so it asks nobody who they are. */
export async function chooseTheme(form: FormData): Promise<void> {
  await limitTo("action")
  await rememberTheme(parseTheme(formField(form, "theme")))
}
