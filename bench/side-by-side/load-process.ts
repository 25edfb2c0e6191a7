import { Agent, request } from "node:http"
import { setTimeout as wait } from "node:timers/promises"
import autocannon from "autocannon"
import { percentile } from "../refresh/outcome"

/** This many connections, which send requests continuously; with `rate`, this many requests a second in total. */
export type Load = {
  url: string
  connections: number
  seconds: number
  /** Cycles through these `Cookie` headers. */
  cookies: string[]
  method?: "GET" | "POST"
  headers?: Record<string, string>
  rate?: number
  /** The expected status; 200 by default. */
  status?: number
}

/** The results. Times are measured from the request to the last byte. */
export type LoadResult = {
  requests: number
  perSecond: number
  p50Ms: number
  p99Ms: number
}

process.on("message", async ({ id, load }: { id: number; load: Load }) => {
  const answer = await run(load).then(
    (result) => ({ result }),
    (error: unknown) => ({ failure: String(error) }),
  )
  process.send?.({ id, ...answer })
})
process.on("disconnect", () => process.exit())
process.send?.("ready")

/** Every response to the load: how long it took, and whether it was as expected. */
type Answers = { times: number[]; unexpected: Map<number, number>; failed: number }

async function run(load: Load): Promise<LoadResult> {
  const startedAt = performance.now()
  const { times, unexpected, failed } = await (load.rate === undefined ? asFastAsAnswered(load) : paced(load))
  const seconds = (performance.now() - startedAt) / 1_000
  const wrong = [...unexpected].map(([code, count]) => `${count} × ${code}`)
  if (failed > 0) wrong.push(`${failed} connections failed`)
  if (wrong.length > 0) throw new Error(`${load.url} answered ${wrong.join(", ")}`)
  return {
    requests: times.length,
    perSecond: times.length / seconds,
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
  }
}

function cookieSequence(cookies: readonly string[]): () => Record<string, string> {
  let next = 0
  return () => (cookies.length > 0 ? { cookie: cookies[next++ % cookies.length] ?? "" } : {})
}

function asFastAsAnswered(load: Load): Promise<Answers> {
  const { url, connections, seconds, method = "GET", headers = {}, status = 200 } = load
  const cookie = cookieSequence(load.cookies)
  const times: number[] = []
  const unexpected = new Map<number, number>()
  return new Promise((resolve, reject) => {
    const setupRequest = (one: { headers: Record<string, string> }) => ({
      ...one,
      headers: { ...one.headers, ...cookie() },
    })
    const requests = [{ method, headers, setupRequest }]
    const options = { url, connections, duration: seconds, timeout: 30, requests }
    autocannon(options, (error, { errors }) =>
      error ? reject(error) : resolve({ times, unexpected, failed: errors }),
    ).on("response", (_client, code, _bytes, ms) => {
      times.push(ms)
      if (code !== status) unexpected.set(code, (unexpected.get(code) ?? 0) + 1)
    })
  })
}

/** Sends requests at even intervals, answered or not. Autocannon would send those of each second together. */
async function paced(load: Load): Promise<Answers> {
  const { url, connections, seconds, rate = 1, method = "GET", headers = {}, status = 200 } = load
  const cookie = cookieSequence(load.cookies)
  // Each connection in turn: the server closes one that is idle for five seconds, perhaps while we send a request.
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: "fifo" })
  const answers: Answers = { times: [], unexpected: new Map(), failed: 0 }
  const send = () =>
    new Promise<void>((resolve) => {
      const sentAt = performance.now()
      const fail = () => {
        answers.failed++
        resolve()
      }
      request(url, { agent, method, headers: { ...headers, ...cookie() } }, (response) => {
        const code = response.statusCode ?? 0
        if (code !== status) answers.unexpected.set(code, (answers.unexpected.get(code) ?? 0) + 1)
        response.once("error", fail)
        response.once("end", () => {
          answers.times.push(performance.now() - sentAt)
          resolve()
        })
        response.resume()
      })
        .once("error", fail)
        .end()
    })
  const startedAt = performance.now()
  const sent: Promise<void>[] = []
  for (let index = 0; index < seconds * rate; index++) {
    const early = startedAt + (index * 1_000) / rate - performance.now()
    if (early > 0) await wait(early)
    sent.push(send())
  }
  await Promise.all(sent)
  agent.destroy()
  return answers
}
