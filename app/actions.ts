"use server"

import { formField } from "@/lib/server/request-body"
import { limitTo } from "@/lib/sessions/limited-request"
import { parseTheme, rememberTheme } from "./theme"

/** Changes only how pages look in this browser, so it needs no session. */
export async function chooseTheme(form: FormData): Promise<void> {
  await limitTo("action")
  await rememberTheme(parseTheme(formField(form, "theme")))
}
