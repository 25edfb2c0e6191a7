import "server-only"
import { cookies } from "next/headers"
import { cookieName, cookieOptions } from "./cookies"

export const themes = ["system", "light", "dark"] as const

export type Theme = (typeof themes)[number]

const themeCookieName = () => cookieName("theme")
const ONE_YEAR_SECONDS = 365 * 24 * 60 * 60

/** A cookie or a form may hold anything; text that is not a theme reads as `system`. */
export function parseTheme(value: unknown): Theme {
  return themes.find((theme) => theme === value) ?? "system"
}

/** The theme this browser chose. The server knows it before the first byte, so no page flashes in the other. */
export async function chosenTheme(): Promise<Theme> {
  return parseTheme((await cookies()).get(themeCookieName())?.value)
}

/** Only within a server action: nowhere else can a cookie be written. */
export async function rememberTheme(theme: Theme): Promise<void> {
  const jar = await cookies()
  const maxAge = theme === "system" ? 0 : ONE_YEAR_SECONDS
  jar.set(themeCookieName(), theme === "system" ? "" : theme, { ...cookieOptions(), maxAge })
}
