/** Runs once when a server starts. Both variables are constants of the build, not part of the environment. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return
  const { migrateAtStart, refuseToStartWithoutEnvironment } = await import("@/lib/start-up")
  const { drainOnSigterm } = await import("@/lib/draining")
  const { followRequests } = await import("@/lib/http-server")
  refuseToStartWithoutEnvironment()
  if (process.env.LEGACY_SIGN_IN) (await import("@/lib/oauth1/register")).registerOAuth1()
  followRequests()
  drainOnSigterm()
  await migrateAtStart()
}
