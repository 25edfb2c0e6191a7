import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { type IncomingMessage, type OutgoingHttpHeaders, request as send } from "node:http"
import path from "node:path"
import { type FunctionOutput, unpackFunction } from "./build-output"

type Running = { child: ChildProcess; port: number }
/** The processes of one function, which answer in turn. */
type Instances = { running: Running[]; calls: number }

export type FunctionPool = {
  /** Forwards a request, with its body unless it is for middleware. */
  call: (
    output: FunctionOutput,
    request: IncomingMessage,
    url: string,
    headers?: OutgoingHttpHeaders,
  ) => Promise<IncomingMessage>
  output: () => string
  stop: () => void
}

/**
 * Starts each function in processes of its own; functions with the same files share them, as they share one upload.
 *
 * @param processes how many each function has; they answer in turn
 */
export async function startFunctions(
  functions: FunctionOutput[],
  folder: string,
  environment: Record<string, string>,
  processes = 1,
): Promise<FunctionPool> {
  let text = ""
  const instances = new Map<string, Instances>()
  for (const output of functions) {
    if (instances.has(output.folder)) continue
    const running: Running[] = []
    for (let count = 0; count < processes; count++) running.push(await start(output))
    instances.set(output.folder, { running, calls: 0 })
  }

  async function start(output: FunctionOutput): Promise<Running> {
    const handler = await unpackFunction(output, path.join(folder, String(instances.size)))
    const kind = output.isFetch ? "fetch" : "node"
    const child = fork(path.resolve("e2e/vercel/function-process.ts"), [handler, kind], {
      execArgv: ["--import", import.meta.resolve("tsx")],
      silent: true,
      // Nothing from this machine's environment: a function gets its variables from Vercel.
      env: { ...environment, NODE_ENV: "production" },
    })
    const keep = (chunk: Buffer) => {
      text = (text + chunk).slice(-20_000)
    }
    child.stdout?.on("data", keep)
    child.stderr?.on("data", keep)
    const port = await new Promise<number>((resolve, reject) => {
      child.once("message", (message: { port: number }) => resolve(message.port))
      child.once("exit", () => reject(new Error(`The function ${output.name} did not start:\n${text}`)))
    })
    return { child, port }
  }

  return {
    async call(output, request, url, headers = {}) {
      const { running = [], calls = 0 } = instances.get(output.folder) ?? {}
      instances.set(output.folder, { running, calls: calls + 1 })
      const outgoing = send({
        host: "127.0.0.1",
        port: running[calls % running.length]?.port,
        path: url,
        method: request.method,
        headers: { ...request.headers, ...headers, connection: "close" },
      })
      if (output.isFetch) outgoing.end()
      else request.pipe(outgoing)
      const [response] = (await once(outgoing, "response")) as [IncomingMessage]
      return response
    },
    output: () => text,
    stop() {
      for (const { running } of instances.values()) for (const { child } of running) child.kill("SIGKILL")
    },
  }
}
