"use server"

import { formField } from "@/lib/form-field"
import { parseTheme, rememberTheme } from "@/lib/theme"

/** Changes nothing but how this browser's pages look, so it asks nobody who they are. */
export async function chooseTheme(form: FormData): Promise<void> {
  await rememberTheme(parseTheme(formField(form, "theme")))
}
