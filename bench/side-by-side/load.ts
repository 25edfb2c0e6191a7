import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { stopAtEnd } from "../refresh/started"
import { LOAD_CORE, pin } from "./cores"
import type { Load, LoadResult } from "./load-process"

type Answer = { id: number; result?: LoadResult; failure?: string }

/** Sends load to a server. @throws Error if a response was not as expected */
export type SendLoad = (load: Load) => Promise<LoadResult>

/** How long V8 needs to optimize the code of a page. Until then, a view takes up to half as long again. */
const OPTIMIZED_AFTER_SECONDS = 20

/** Requests a page at full speed until it gets no faster: otherwise the server that started last would seem slow. */
export async function warmUp(sendLoad: SendLoad, page: Pick<Load, "url" | "cookies">): Promise<void> {
  const { url, cookies } = page
  await sendLoad({ url, cookies, connections: 10, seconds: OPTIMIZED_AFTER_SECONDS })
}

/** Starts the load generator in a separate process. */
export async function startLoadGenerator(): Promise<SendLoad> {
  const child: ChildProcess = fork(new URL("load-process.ts", import.meta.url), {
    execArgv: ["--import", "tsx"],
  })
  stopAtEnd(() => child.kill("SIGKILL"))
  await once(child, "message")
  pin(child.pid, LOAD_CORE)
  let asked = 0
  return async (load) => {
    const id = asked++
    child.send({ id, load })
    const [answer] = (await once(child, "message")) as [Answer]
    if (!answer.result) throw new Error(answer.failure)
    return answer.result
  }
}
