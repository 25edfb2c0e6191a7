type Stop = () => unknown

const started: Stop[] = []
let stopping: Promise<void> | undefined

/** Whatever the bench starts is stopped at its end, the last first, however it ends. */
export function stopAtEnd(stop: Stop): void {
  started.push(stop)
}

/** Stops everything that was started; one that cannot be stopped keeps none of the others running. */
export function stopAll(): Promise<void> {
  stopping ??= (async () => {
    for (const stop of started.reverse()) await Promise.resolve(stop()).catch(() => undefined)
  })()
  return stopping
}

/** Ctrl-C, a `kill` and a bench that takes longer than it may all end in the same way. */
export function stopWhenInterrupted(longestMs: number): void {
  const end = (reason: string, exitCode: number) => {
    console.error(`\n${reason}: stopping everything that was started ...`)
    void stopAll().then(() => process.exit(exitCode))
  }
  process.once("SIGINT", () => end("Interrupted", 130))
  process.once("SIGTERM", () => end("Terminated", 143))
  setTimeout(() => end(`Not done within ${longestMs / 60_000} minutes`, 1), longestMs).unref()
}
