import { environment } from "@/lib/env"

/**
 * The app's public origin: AUTH_URL where it is set, which no request header can change; else, on Vercel and
 * in development, the one that the request names.
 */
export function appOrigin(request: Request): string {
  const { AUTH_URL, VERCEL } = environment()
  if (AUTH_URL) return AUTH_URL
  if (!VERCEL) return new URL(request.url).origin
  const host = request.headers.get("x-forwarded-host") ?? request.headers.get("host")
  return `https://${host}`
}
