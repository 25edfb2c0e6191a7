import type { Metadata } from "next"
import { headers } from "next/headers"
import { notFound } from "next/navigation"
import { environment } from "@/lib/env"
import { isLoopback } from "@/lib/env/values"
import { limitTo } from "@/lib/sessions/limited-request"

export async function generateMetadata(): Promise<Metadata> {
  return (await isOpen())
    ? { title: "Setup check", robots: { index: false, follow: false } }
    : { title: "Page not found" }
}

/** Only in development and in the demo. Elsewhere it is a 404, and the server doesn't even load its code. */
export default async function SetupPage() {
  await limitTo("page")
  if (!(await isOpen())) notFound()
  const { SetupReport } = await import("./setup-report")
  return <SetupReport seenOrigin={seenOriginOf(await headers())} />
}

/**
 * Answers only under this machine's own host names. Otherwise another site could point its name at 127.0.0.1, and its
 * script could read this page in the browser of a developer who visits that site (DNS rebinding).
 */
async function isOpen(): Promise<boolean> {
  const asked = await headers()
  const hosts = [asked.get("host"), asked.get("x-forwarded-host")].filter((host) => host !== null)
  return environment().hasSetupPage && hosts.length > 0 && hosts.every((host) => isLoopback(`http://${host}`))
}

function seenOriginOf(headers: Headers): string {
  const protocol = headers.get("x-forwarded-proto")?.split(",")[0] ?? "http"
  return `${protocol}://${headers.get("x-forwarded-host") ?? headers.get("host")}`
}
