import { connect } from "node:net"
import { expect, test } from "vitest"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()

/** Writes the beginning of a request, waits until the server has read it, and hangs up. */
async function sendHalf(origin: string, text: string): Promise<void> {
  const { hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname)
  socket.on("error", () => {})
  await new Promise<void>((resolve) => socket.write(text, () => resolve()))
  // A whole request on another connection, so that the half one has arrived before.
  await emulator.current.control.health()
  await new Promise<void>((resolve) => {
    socket.once("close", () => resolve())
    socket.destroy()
  })
  await emulator.current.control.health()
}

const head = "POST /site/oauth2/access_token HTTP/1.1\r\nHost: 127.0.0.1\r\n"

test.each([
  ["an upload that breaks off", `${head}Content-Length: 100\r\n\r\ngrant_type`],
  ["a chunk that is none", `${head}Transfer-Encoding: chunked\r\n\r\nZZ\r\nrubbish\r\n`],
])("%s ends that request alone, and leaves no row in the journal", async (_case, text) => {
  const unhandled: unknown[] = []
  const hear = (reason: unknown) => unhandled.push(reason)
  process.on("unhandledRejection", hear)
  const { siteUrl, apiUrl, control } = emulator.current
  for (const origin of [siteUrl, apiUrl]) await sendHalf(origin, text)
  expect((await control.health()).status).toBe("ok")
  expect(await control.listRequests()).toEqual([])
  process.off("unhandledRejection", hear)
  expect(unhandled).toEqual([])
})
