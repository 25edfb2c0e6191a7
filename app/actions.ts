"use server"

import { formField } from "@/lib/form-field"
import { limitTo } from "@/lib/limits/limited-request"
import { parseTheme, rememberTheme } from "@/lib/theme"

/** Changes nothing but how this browser's pages look, so it asks nobody who they are. */
export async function chooseTheme(form: FormData): Promise<void> {
  await limitTo("action")
  await rememberTheme(parseTheme(formField(form, "theme")))
}
