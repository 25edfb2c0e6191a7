import { startTemporaryPostgres } from "../scripts/embedded-postgres"

/** A Postgres in which each worker creates its own database. @returns a function that stops it */
export async function startPostgresForTests(): Promise<() => Promise<void>> {
  const { url, stop } = await startTemporaryPostgres("browser-tests-")
  process.env.E2E_POSTGRES_URL = url
  return stop
}
