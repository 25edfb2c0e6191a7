import { startOwnApp } from "../own-app"
import { seedFor } from "../seeds"
import { openSocket, statusesIn } from "./raw"
import { expect, test } from "./suite"
import { Visitor } from "./visitor"

const canary = "canary@example.com"
const actionId = "7f".repeat(21)
const boundary = "x"
const part = (name: string, value: string) =>
  `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`

type Form = { what: string; body: string; headers?: Record<string, string> }

/** Each is sent as a form of a page of the app. */
const forms: Form[] = [
  { what: "a multipart body that breaks off", body: `--${boundary}\r\nContent-Disposition: ${canary}` },
  { what: "an empty multipart body", body: "" },
  {
    what: "a multipart body without a boundary",
    body: canary,
    headers: { "content-type": "multipart/form-data" },
  },
  { what: "an unknown action", body: `${part("$ACTION_ID_7fdeadbeef", canary)}--${boundary}--\r\n` },
  {
    what: "a reference that is no JSON",
    body: `${part("$ACTION_REF_1", "")}${part("$ACTION_1:0", `{${canary}`)}--${boundary}--\r\n`,
  },
  ...["toString", "__proto__", actionId, `${actionId}${canary}`, "7".repeat(4_000)].map((id) => ({
    what: `the action ${id.slice(0, 12)}`,
    body: `[${canary}`,
    headers: { "next-action": id, "content-type": "text/plain;charset=UTF-8" },
  })),
  {
    what: "an unknown action with a body that breaks off",
    body: `--${boundary}\r\n${canary}`,
    headers: { "next-action": actionId },
  },
]

const targets = [
  "*",
  "//",
  "/%",
  "/%ff",
  "/workspaces/%ff",
  "/_next/static/%ff",
  "http://[/",
  `/\\${canary}`,
  `?code=${canary}`,
  `/_next/image?url=${canary}`,
  "/%00",
  "/_error",
  "/500",
]
const headers = [
  "Next-Router-State-Tree: %ff\r\nRSC: 1",
  `Next-Router-State-Tree: ${canary}\r\nRSC: 1`,
  "next-resume: 1",
  "Expect: x",
  `x-forwarded-host: a b ${canary}`,
  `Cookie: authjs.session-token=%ff${canary}`,
  "Content-Length: x",
  "x-middleware-subrequest: middleware",
]

test("M15 every line printed after the start is one JSON object without a value, whatever strangers send", async ({
  environment,
  emulator,
}) => {
  await using app = await startOwnApp({ ...environment, LOG_LEVEL: "debug" })
  await emulator.control.reset(seedFor(app.url))
  const visitor = new Visitor({ appUrl: app.url, emulator })
  const from = app.log().length
  await visitor.signIn()

  for (const { what, body, headers: own } of forms) {
    const type = { "content-type": `multipart/form-data; boundary=${boundary}` }
    const answer = await visitor.send("/profile", {
      method: "POST",
      body,
      headers: { ...type, origin: app.url, ...own },
    })
    expect.soft(answer.status, what).toBeGreaterThanOrEqual(400)
    expect.soft(answer.text, what).not.toContain(canary)
  }
  for (const origin of ["https://evil.example", `https://evil.example/?code=${canary}`, canary, "null"])
    for (const action of [{}, { "next-action": actionId }]) {
      const answer = await visitor.send("/profile", {
        method: "POST",
        body: `--${boundary}--\r\n`,
        headers: { "content-type": `multipart/form-data; boundary=${boundary}`, origin, ...action },
      })
      expect.soft(answer.status, origin).toBe(403)
    }
  for (const target of targets) {
    const status = await statusOf(app.url, `GET ${target} HTTP/1.1\r\nHost: ${new URL(app.url).host}`)
    expect.soft(status, target).toBeLessThan(500)
  }
  for (const header of headers) {
    const status = await statusOf(
      app.url,
      `GET /profile HTTP/1.1\r\nHost: ${new URL(app.url).host}\r\n${header}`,
    )
    expect.soft(status, header).toBeLessThan(500)
  }
  await cutOff(app.url)

  await new Visitor({ appUrl: app.url, emulator }).send("/api/auth/callback/bitbucket?code=c&state=the-last")
  await expect.poll(() => app.log().slice(from)).toContain("callback_mismatch")
  const lines = app.log().slice(from).split("\n").slice(0, -1)
  for (const line of lines) expect.soft(() => JSON.parse(line), line).not.toThrow()
  expect(lines.join("\n")).not.toMatch(/canary|evil|deadbeef|demo@example|Demo Person/)
})

/** The status of the first response. */
function statusOf(origin: string, head: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = openSocket(origin)
    let received = ""
    socket.on("error", reject)
    socket.on("close", () => resolve(0))
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1")
      const [status] = statusesIn(received)
      if (status === undefined) return
      resolve(status)
      socket.destroy()
    })
    socket.write(`${head}\r\nConnection: close\r\n\r\n`, "latin1")
  })
}

/** Sends half a form and hangs up. */
function cutOff(origin: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = openSocket(origin)
    socket.on("close", () => resolve())
    const head = `POST /profile HTTP/1.1\r\nHost: ${new URL(origin).host}\r\nOrigin: ${origin}`
    const type = `Content-Type: multipart/form-data; boundary=${boundary}\r\nContent-Length: 500`
    socket.write(`${head}\r\n${type}\r\n\r\n--${boundary}\r\n${canary}`, () => socket.destroy())
  })
}
