/**
 * How long an action takes on this machine right now, in milliseconds. A test adds it to the seconds it
 * allows, so that a busy machine causes no failure.
 */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
