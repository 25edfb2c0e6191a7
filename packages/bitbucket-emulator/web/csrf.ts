import type { Context } from "hono"
import { getCookie, setCookie } from "hono/cookie"
import { html } from "hono/html"
import type { Bitbucket } from "../bitbucket.ts"

const COOKIE = "csrftoken"
const FIELD = "csrfmiddlewaretoken"

/** The token for a form on this page; sets its cookie if the browser has none yet. */
export function ensureCsrfToken(context: Context, bitbucket: Bitbucket): string {
  const existing = getCookie(context, COOKIE)
  if (existing !== undefined && existing !== "") return existing
  const token = bitbucket.randomness.alphanumeric(32)
  setCookie(context, COOKIE, token, { path: "/", sameSite: "Lax", maxAge: 31_449_600 })
  return token
}

/** Whether a posted form carries the token of its browser's cookie (double submit, as in Django). */
export function hasCsrfToken(context: Context, form: URLSearchParams): boolean {
  const cookie = getCookie(context, COOKIE)
  return cookie !== undefined && cookie !== "" && form.get(FIELD) === cookie
}

export function csrfField(token: string) {
  return html`<input type="hidden" name="${FIELD}" value="${token}">`
}
