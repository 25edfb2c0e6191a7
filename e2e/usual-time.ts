/**
 * How long this machine takes for something at this moment, in milliseconds: what a limit of a test allows beside the
 * seconds that it is about, so that a busy machine fails nothing.
 */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
