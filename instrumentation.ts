/** Runs once when a server starts. NEXT_RUNTIME is a constant of the build, not part of the environment. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return
  const { migrateAtStart, refuseToStartWithoutEnvironment } = await import("@/lib/start-up")
  refuseToStartWithoutEnvironment()
  await migrateAtStart()
}
