import { Agent, request as plainRequest } from "node:http"
import { request as tlsRequest } from "node:https"

export type Answer = {
  status: number
  /** Without Set-Cookie, which has a list of its own. */
  headers: Record<string, string>
  setCookies: string[]
  text: string
}

export type Question = {
  method?: string
  /** A header with several values is sent several times. */
  headers?: Record<string, string | string[]>
  body?: string
}

/** A connection for each request: a server closes one that is kept while a busy test does not look. */
const agent = new Agent({ keepAlive: false, maxSockets: 16 })

/**
 * One HTTP request as it is written here: no cookie is added, no redirect followed, and the path goes out byte
 * by byte, which `fetch` would tidy up.
 *
 * @param path what stands in the request line
 */
export function send(origin: string, path: string, question: Question = {}): Promise<Answer> {
  const { hostname, port, protocol } = new URL(origin)
  const { method = "GET", headers = {}, body } = question
  const isTls = protocol === "https:"
  return new Promise((resolve, reject) => {
    const request = (isTls ? tlsRequest : plainRequest)(
      {
        hostname,
        port,
        path,
        method,
        headers: { ...(body !== undefined && { "content-length": Buffer.byteLength(body) }), ...headers },
        // A certificate is one that the test has made itself: nothing here leaves this machine.
        ...(isTls ? { rejectUnauthorized: false } : { agent }),
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on("data", (chunk: Buffer) => chunks.push(chunk))
        response.on("error", reject)
        response.on("end", () => {
          const { "set-cookie": setCookies = [], ...rest } = response.headers
          const texts = Object.entries(rest).map(([name, value]) => [name, String(value)])
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(texts),
            setCookies,
            text: Buffer.concat(chunks).toString("utf8"),
          })
        })
      },
    )
    request.on("error", reject)
    request.end(body)
  })
}

/** The address that an answer leads to. */
export function leadsTo(answer: Answer, origin: string): URL {
  return new URL(answer.headers.location ?? "", origin)
}

/** Does something for many values, some at a time. */
export async function inBatches<Value, Result>(
  values: readonly Value[],
  run: (value: Value) => Promise<Result>,
  width = 16,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const worker = async () => {
    for (let index = next++; index < values.length; index = next++)
      results[index] = await run(values[index] as Value)
  }
  await Promise.all(Array.from({ length: width }, worker))
  return results
}
