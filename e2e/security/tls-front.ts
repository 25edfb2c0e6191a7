import { mkdtemp, readFile, rm } from "node:fs/promises"
import { request } from "node:http"
import { createServer } from "node:https"
import { tmpdir } from "node:os"
import path from "node:path"
import type { Emulator } from "bitbucket-emulator"
import { freePort } from "../../scripts/server-process"
import { startApp } from "../app-server"
import { makeCertificate } from "../certificate"
import { seedFor } from "../seeds"

/**
 * The app as people reach it: behind a proxy that ends TLS, with a certificate that this test made.
 *
 * @param hostname that a browser asks for; all hostnames lead to this machine
 */
export async function startAppBehindTls(
  environment: Record<string, string>,
  emulator: Emulator,
  hostname = "localhost",
) {
  const [tlsPort, appPort] = [await freePort(), await freePort()]
  const url = `https://${hostname}:${tlsPort}`
  const plainUrl = `http://localhost:${appPort}`
  const app = await startApp({ ...environment, PORT: String(appPort), AUTH_URL: url }, plainUrl)
  const front = createServer(await readNewCertificate(), (incoming, outgoing) => {
    const headers = { ...incoming.headers, "x-forwarded-proto": "https" }
    const inner = request(plainUrl + incoming.url, { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    inner.on("error", () => outgoing.destroy())
    incoming.pipe(inner)
  })
  await new Promise<void>((resolve) => {
    front.listen(tlsPort, "127.0.0.1", resolve)
  })
  await emulator.control.reset(seedFor(url))
  return {
    url,
    plainUrl,
    async [Symbol.asyncDispose]() {
      front.closeAllConnections()
      front.close()
      await app.stop()
    },
  }
}

async function readNewCertificate(): Promise<{ key: Buffer; cert: Buffer }> {
  const folder = await mkdtemp(path.join(tmpdir(), "tls-front-"))
  const { key, certificate } = makeCertificate(folder)
  const pair = { key: await readFile(key), cert: await readFile(certificate) }
  await rm(folder, { recursive: true })
  return pair
}
