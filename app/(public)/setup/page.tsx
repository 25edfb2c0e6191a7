import type { Metadata } from "next"
import { headers } from "next/headers"
import { notFound } from "next/navigation"
import { environment } from "@/lib/env"

export async function generateMetadata(): Promise<Metadata> {
  return environment().hasSetupPage
    ? { title: "Setup check", robots: { index: false, follow: false } }
    : { title: "Page not found" }
}

/** For development and the demo. Elsewhere it is not there, and its code is not even loaded. */
export default async function SetupPage() {
  if (!environment().hasSetupPage) notFound()
  const { SetupReport } = await import("./setup-report")
  return <SetupReport seenOrigin={seenOriginOf(await headers())} />
}

function seenOriginOf(headers: Headers): string {
  const protocol = headers.get("x-forwarded-proto")?.split(",")[0] ?? "http"
  return `${protocol}://${headers.get("x-forwarded-host") ?? headers.get("host")}`
}
