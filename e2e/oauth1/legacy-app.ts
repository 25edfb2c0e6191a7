import { buildCopy, copyNextTo } from "../../scripts/repository-copy"
import { freePort, type ServerProcess, startServer, untilAnswers } from "../../scripts/server-process"

/** From the emulator's default seed: an OAuth consumer worked for OAuth 1.0a as well. */
export const hmacConsumer = {
  BITBUCKET_OAUTH1_KEY: "emulatorClientKey1",
  BITBUCKET_OAUTH1_SECRET: "emulatorClientSecret123456789012",
}

/** Builds the app with the legacy sign-in. @returns the folder of the build */
export async function buildLegacyApp(): Promise<string> {
  const folder = await copyNextTo("with-legacy-sign-in")
  buildCopy(folder, hmacConsumer)
  return folder
}

/** Starts that build on its own port. */
export async function startLegacyApp(
  folder: string,
  environment: Record<string, string>,
): Promise<{ url: string; app: ServerProcess }> {
  const port = String(await freePort())
  const url = `http://localhost:${port}`
  const app = startServer("The app", ["node_modules/next/dist/bin/next", "start", folder], {
    ...environment,
    PORT: port,
    AUTH_URL: url,
  })
  await untilAnswers(app, `${url}/api/health`)
  return { url, app }
}
