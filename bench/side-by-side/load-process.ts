import autocannon from "autocannon"

/** So many connections that ask again and again; with `rate`, so many requests a second in all. */
export type Load = {
  url: string
  connections: number
  seconds: number
  /** One of these `Cookie` headers after the other. */
  cookies: string[]
  method?: "GET" | "POST"
  headers?: Record<string, string>
  rate?: number
  /** What every answer must be; 200 if not said. */
  status?: number
}

/** What came back. Times from the request to the last byte. */
export type LoadResult = {
  requests: number
  perSecond: number
  p50Ms: number
  p99Ms: number
}

process.on("message", async ({ id, load }: { id: number; load: Load }) => {
  const answer = await run(load).catch((error: unknown) => ({ failure: String(error) }))
  process.send?.({ id, ...answer })
})
process.on("disconnect", () => process.exit())
process.send?.("ready")

function run(load: Load): Promise<{ result: LoadResult }> {
  const { url, connections, seconds, cookies, method = "GET", headers = {}, rate, status = 200 } = load
  let next = 0
  const cookie = () => cookies[next++ % cookies.length] ?? ""
  return new Promise((resolve, reject) => {
    const times: number[] = []
    const unexpected = new Map<number, number>()
    const startedAt = performance.now()
    const instance = autocannon(
      {
        url,
        connections,
        duration: seconds,
        timeout: 30,
        ...(rate !== undefined && { overallRate: rate }),
        requests: [
          {
            method,
            headers,
            setupRequest: (request) => ({
              ...request,
              headers: { ...request.headers, ...(cookies.length > 0 && { cookie: cookie() }) },
            }),
          },
        ],
      },
      (error, { errors }) => {
        if (error) return reject(error)
        const wrong = [...unexpected].map(([code, count]) => `${count} × ${code}`)
        if (errors > 0) wrong.push(`${errors} connections failed`)
        if (wrong.length > 0) return reject(new Error(`${url} answered ${wrong.join(", ")}`))
        const perSecond = times.length / ((performance.now() - startedAt) / 1_000)
        times.sort((a, b) => a - b)
        const at = (share: number) =>
          times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN
        resolve({ result: { requests: times.length, perSecond, p50Ms: at(0.5), p99Ms: at(0.99) } })
      },
    )
    instance.on("response", (_client, code, _bytes, ms) => {
      times.push(ms)
      if (code !== status) unexpected.set(code, (unexpected.get(code) ?? 0) + 1)
    })
  })
}
