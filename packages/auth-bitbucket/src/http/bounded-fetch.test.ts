import { createServer, type RequestListener, type Server } from "node:http"
import { type AddressInfo, createServer as createDeafServer } from "node:net"
import { text } from "node:stream/consumers"
import { inspect } from "node:util"
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createBoundedFetch } from "./bounded-fetch.ts"

let respond: RequestListener = (_, response) => response.end()
let server: Server
let origin: string
let boundedFetch: typeof fetch

beforeAll(async () => {
  server = createServer((request, response) => respond(request, response))
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  boundedFetch = createBoundedFetch({ origins: [origin] })
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe("everything that goes to Bitbucket", () => {
  test("goes to its two configured origins only", async () => {
    await expect(boundedFetch("https://evil.example/2.0/user")).rejects.toThrow(TypeError)
  })

  test("arrives decoded and complete", async () => {
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

  test("stops at 256 kB on the wire, even if they decode to next to nothing", async () => {
    const emptyMember = gzipSync("")
    respond = (_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" })
      response.end(Buffer.concat(Array(Math.ceil(300_000 / emptyMember.length)).fill(emptyMember)))
    }
    await expect(boundedFetch(`${origin}/`)).rejects.toMatchObject({ code: "unexpected_answer" })
  })

  test("asks for gzip and nothing else, whatever its caller asks for", async () => {
    let asked: string | undefined
    respond = (request, response) => {
      asked = request.headers["accept-encoding"]
      response.end()
    }
    await boundedFetch(`${origin}/`, { headers: { "accept-encoding": "br, zstd" } })
    expect(asked).toBe("gzip")
  })

  test.each([
    "br",
    "BR",
    "deflate",
    "zstd",
    "compress",
    "gzip, br",
    "gzip, gzip",
    "identity, gzip",
    "made-up",
  ])("refuses the encoding %j by its header, without waiting for a byte of the body", async (encoding) => {
    const hungUp = new Promise((resolve) => {
      respond = (request, response) => {
        request.socket.on("close", resolve)
        response.writeHead(200, { "content-encoding": encoding, "content-type": "application/json" })
        response.flushHeaders()
      }
    })
    const refusal = { code: "unexpected_answer", status: 200, cause: undefined }
    await expect(boundedFetch(`${origin}/`)).rejects.toMatchObject(refusal)
    await hungUp
  })

  test("refuses whole bodies in Brotli and deflate, of errors as well", async () => {
    for (const [encoding, body] of [
      ["br", brotliCompressSync('{"fine":true}')],
      ["deflate", deflateSync('{"fine":true}')],
    ] as const)
      for (const status of [200, 401, 503]) {
        respond = (_, response) => {
          response.writeHead(status, { "content-encoding": encoding }).end(body)
        }
        const refusal = { code: "unexpected_answer", status }
        await expect(boundedFetch(`${origin}/`)).rejects.toMatchObject(refusal)
      }
  })

  test.each([
    ["cut short", gzipSync('{"fine":true}').subarray(0, 20)],
    ["with a wrong checksum", gzipSync('{"fine":true}').map((byte, at) => byte ^ (at < 12 ? 0 : 1))],
    ["that is none", Buffer.from('{"fine":true}')],
  ])("refuses gzip %s", async (_, body) => {
    respond = (_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(body)
    }
    await expect(boundedFetch(`${origin}/`)).rejects.toMatchObject({ code: "unexpected_answer", status: 200 })
  })

  test.each([
    ["none", {}],
    ["an empty one", { "content-encoding": "" }],
    ["identity", { "content-encoding": "Identity" }],
  ])("reads a body with no encoding as it is (%s)", async (_, headers) => {
    respond = (_request, response) => {
      response.writeHead(200, headers).end('{"fine":true}')
    }
    expect(await (await boundedFetch(`${origin}/`)).json()).toEqual({ fine: true })
  })

  test.each(["gzip", "x-gzip", "GZIP"])("reads %s, also of an error and of nothing", async (encoding) => {
    respond = (request, response) => {
      const status = Number(request.url?.slice(1))
      response.writeHead(status, { "content-encoding": encoding })
      response.end(status === 404 ? gzipSync("gone") : undefined)
    }
    const refused = await boundedFetch(`${origin}/404`)
    expect([refused.status, await refused.text()]).toEqual([404, "gone"])
    expect(await (await boundedFetch(`${origin}/200`)).text()).toBe("")
    expect((await boundedFetch(`${origin}/204`)).status).toBe(204)
  })

  test("sends a form as `fetch` does, and gives every header of the answer back", async () => {
    const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: "a b+c" })
    let sent: unknown
    respond = async (request, response) => {
      const { method, headers } = request
      sent = {
        method,
        type: headers["content-type"],
        length: headers["content-length"],
        body: await text(request),
      }
      response.writeHead(200, ["set-cookie", "a=1", "set-cookie", "b=2", "x-one", "1"]).end()
    }
    const answer = await boundedFetch(new URL(`${origin}/token`), { method: "POST", body })
    expect(sent).toEqual({
      method: "POST",
      type: "application/x-www-form-urlencoded;charset=UTF-8",
      length: String(body.toString().length),
      body: "grant_type=refresh_token&refresh_token=a+b%2Bc",
    })
    expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"])
    expect(answer.headers.get("x-one")).toBe("1")
  })

  test("sends no token that would break its header, and does not repeat it in the error", async () => {
    const headers = { authorization: "Bearer a\r\nX-Evil: 1" }
    const error: unknown = await boundedFetch(`${origin}/`, { headers }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: "unexpected_answer" })
    expect(inspect(error)).not.toContain("X-Evil")
  })

  test("does not mistake an offer of another protocol for an answer", async () => {
    respond = (_, response) => {
      response.socket?.end("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
    }
    await expect(boundedFetch(`${origin}/`)).rejects.toMatchObject({ code: "unreachable" })
  })

  test("is abandoned when its caller gives up", async () => {
    const caller = new AbortController()
    respond = () => caller.abort(new DOMException("Enough", "TimeoutError"))
    const error: unknown = await boundedFetch(`${origin}/`, { signal: caller.signal }).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ code: "unreachable", cause: { name: "TimeoutError" } })
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

  test("is given up after five seconds, even if the answer drips", async () => {
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

  test("is given up after five seconds if a TLS server accepts the connection and says nothing", async () => {
    const deaf = createDeafServer(() => undefined)
    await new Promise<void>((resolve) => {
      deaf.listen(0, "127.0.0.1", resolve)
    })
    const deafOrigin = `https://127.0.0.1:${(deaf.address() as AddressInfo).port}`
    const startedAt = performance.now()
    const fetchDeaf = createBoundedFetch({ origins: [deafOrigin] })
    const error: unknown = await fetchDeaf(deafOrigin).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: "unreachable", cause: { name: "TimeoutError" } })
    expect(performance.now() - startedAt).toBeLessThan(6_000)
    deaf.close()
  })

  test("fails as unreachable if no server listens", async () => {
    respond = (request) => request.socket.destroy()
    await expect(boundedFetch(`${origin}/`)).rejects.toMatchObject({ code: "unreachable" })
  })

  test("may be empty: a 204 has no body", async () => {
    respond = (_, response) => response.writeHead(204).end()
    expect((await boundedFetch(`${origin}/`)).status).toBe(204)
  })
})
