type Stop = () => unknown

const started: Stop[] = []
let stopping: Promise<void> | undefined

/** Stops everything the bench has started when it ends, last first, however it ends. */
export function stopAtEnd(stop: Stop): void {
  started.push(stop)
}

/** From now on, failures are caused by stopping. */
export function isStopping(): boolean {
  return stopping !== undefined
}

/** Stops everything that was started. If stopping one fails, the others are stopped anyway. */
export function stopAll(): Promise<void> {
  stopping ??= (async () => {
    for (const stop of started.reverse()) await Promise.resolve(stop()).catch(() => undefined)
  })()
  return stopping
}

/**
 * Ctrl-C, a `kill` and a bench that takes longer than it may all end in the same way. The signal may come twice,
 * once from the terminal and once from npm: only the first one counts.
 */
export function stopWhenInterrupted(longestMs: number): void {
  const end = (reason: string, exitCode: number) => {
    if (isStopping()) return
    console.error(`\n${reason}: stopping everything that was started ...`)
    process.exitCode = exitCode
    void stopAll().then(() => process.exit())
  }
  process.on("SIGINT", () => end("Interrupted", 130))
  process.on("SIGTERM", () => end("Terminated", 143))
  setTimeout(() => end(`Not done within ${longestMs / 60_000} minutes`, 1), longestMs).unref()
}
