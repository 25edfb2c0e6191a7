import { createServer, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { gzipSync } from "node:zlib"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { stubEnvironment } from "@/test/stub-environment"
import { boundedFetch } from "./bounded-fetch"

let respond: RequestListener = (_, response) => response.end()
let server: Server
let origin: string

beforeAll(async () => {
  server = createServer((request, response) => respond(request, response))
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  stubEnvironment({ BITBUCKET_API_URL: origin })
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe("everything that goes to Bitbucket", () => {
  test("goes to its two configured origins only", async () => {
    await expect(boundedFetch("https://evil.example/2.0/user")).rejects.toThrow(TypeError)
  })

  test("arrives decoded and whole", async () => {
    respond = (_, response) => {
      response.writeHead(200, { "content-encoding": "gzip", "content-type": "application/json" })
      response.end(gzipSync('{"fine":true}'))
    }
    const response = await boundedFetch(`${origin}/`)
    expect(await response.json()).toEqual({ fine: true })
    expect(response.headers.get("content-encoding")).toBeNull()
  })

  test("stops at 256 kB of decoded body, whatever it was on the wire", async () => {
    respond = (_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" })
      response.end(gzipSync(Buffer.alloc(50_000_000)))
    }
    const before = process.memoryUsage().rss
    await expect(boundedFetch(`${origin}/`)).rejects.toMatchObject({ code: "unexpected_answer" })
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000 + 30_000_000)
  })

  test("never follows a redirect, so the token goes nowhere else", async () => {
    const paths: (string | undefined)[] = []
    respond = (request, response) => {
      paths.push(request.url)
      response.writeHead(302, { location: `${origin}/elsewhere` }).end()
    }
    await expect(boundedFetch(`${origin}/2.0/user`)).rejects.toMatchObject({
      code: "unexpected_answer",
      status: 302,
    })
    expect(paths).toEqual(["/2.0/user"])
  })

  test("is given up after five seconds, even where the answer drips", async () => {
    let timer: NodeJS.Timeout | undefined
    respond = (_, response) => {
      response.writeHead(200)
      timer = setInterval(() => response.write("x"), 200)
    }
    const startedAt = performance.now()
    await expect(boundedFetch(`${origin}/`)).rejects.toMatchObject({ code: "unreachable" })
    clearInterval(timer)
    expect(performance.now() - startedAt).toBeLessThan(6_000)
  })

  test("fails as unreachable where nobody listens", async () => {
    respond = (request) => request.socket.destroy()
    await expect(boundedFetch(`${origin}/`)).rejects.toMatchObject({ code: "unreachable" })
  })

  test("may be empty: a 204 has no body", async () => {
    respond = (_, response) => response.writeHead(204).end()
    expect((await boundedFetch(`${origin}/`)).status).toBe(204)
  })
})
