import { Agent, request as plainRequest } from "node:http"
import { request as tlsRequest } from "node:https"

export type Answer = {
  status: number
  /** Without Set-Cookie, which has its own list. */
  headers: Record<string, string>
  setCookies: string[]
  text: string
}

export type Question = {
  method?: string
  /** A header with several values goes out several times. */
  headers?: Record<string, string | string[]>
  body?: string
}

/** One connection per request: a server may close an idle connection while a busy test is not looking. */
const agent = new Agent({ keepAlive: false, maxSockets: 16 })

/**
 * One HTTP request exactly as written: no cookies added, no redirect followed, and the path goes out byte
 * for byte, where `fetch` would normalise it.
 *
 * @param path what goes into the request line
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
        // The certificate is one that the test made itself: no request leaves this machine.
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

/** The URL that a response redirects to. */
export function leadsTo(answer: Answer, origin: string): URL {
  return new URL(answer.headers.location ?? "", origin)
}

/** Runs a function for many values, a few at a time. */
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
