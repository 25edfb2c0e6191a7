import "server-only"
import { cookies } from "next/headers"
import { cookieName, cookieOptions } from "@/lib/server/cookies"

export const themes = ["system", "light", "dark"] as const

export type Theme = (typeof themes)[number]

const themeCookieName = () => cookieName("theme")
const ONE_YEAR_SECONDS = 365 * 24 * 60 * 60

/** A cookie or a form may contain anything; text that is not a theme counts as `system`. */
export function parseTheme(value: unknown): Theme {
  return themes.find((theme) => theme === value) ?? "system"
}

/** The theme chosen in this browser. The server knows it before the first byte, so no page flashes in the other theme. */
export async function chosenTheme(): Promise<Theme> {
  return parseTheme((await cookies()).get(themeCookieName())?.value)
}

/** Call it only from a server action: nothing else can write a cookie. */
export async function rememberTheme(theme: Theme): Promise<void> {
  const jar = await cookies()
  const maxAge = theme === "system" ? 0 : ONE_YEAR_SECONDS
  jar.set(themeCookieName(), theme === "system" ? "" : theme, { ...cookieOptions(), maxAge })
}
