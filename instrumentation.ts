import type { Instrumentation } from "next"

/** Runs once when a server starts. The build replaces the variables that it reads from `process.env` with constants. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return
  if (process.env.EMBEDDED_EMULATOR)
    (await import("@/lib/embedded-emulator/register")).registerEmbeddedEmulator()
  const { migrateAtStart, refuseToStartWithoutEnvironment, warnOfUnsupportedNode } = await import(
    "@/lib/server/start-up"
  )
  const { drainOnSigterm } = await import("@/lib/server/drain")
  const { followRequests } = await import("@/lib/server/requests")
  const { environment } = await import("@/lib/env")
  refuseToStartWithoutEnvironment()
  warnOfUnsupportedNode()
  // In development the output is for people to read.
  if (process.env.NODE_ENV === "production") (await import("@/lib/server/printed-text")).logWhatIsPrinted()
  const migrated = migrateAtStart()
  let flush = async () => {}
  if (environment().hasCollector) {
    // Our own span of each call to Bitbucket says more than Next's.
    process.env.NEXT_OTEL_FETCH_DISABLED = "1"
    flush = (await import("@/lib/server/telemetry/register")).registerTelemetry()
  }
  if (process.env.LEGACY_SIGN_IN) (await import("@/lib/oauth1/register")).registerOAuth1()
  followRequests()
  drainOnSigterm(async () => {
    const { tokenUses } = await import("@/lib/accounts/token-uses")
    await Promise.all([flush(), tokenUses().flush()])
  })
  await migrated
}

/** Reports uncaught errors. Ignores the request itself, because its URL may contain codes and its headers cookies. */
export const onRequestError: Instrumentation.onRequestError = async (error, _request, { routePath }) => {
  if (process.env.NEXT_RUNTIME !== "nodejs") return
  const { reportRequestError } = await import("@/lib/server/telemetry/request-error")
  reportRequestError(error, routePath)
}
