import { createHmac } from "node:crypto"
import { createServer, type IncomingMessage, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { afterEach, describe, expect, test } from "vitest"
import type { WebhookInput } from "../webhooks.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()
const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

interface Received {
  readonly request: IncomingMessage
  readonly body: Buffer
}

/** A receiver that keeps its requests, and its address. */
async function receive(
  status = 204,
  headers: Record<string, string> = {},
): Promise<{ received: Received[]; url: string; port: number }> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    received.push({ request, body: Buffer.concat(chunks) })
    response.writeHead(status, headers).end("not for the caller")
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return { received, url: `http://127.0.0.1:${port}/hooks?x=1`, port }
}

function send(webhook: unknown): Promise<Response> {
  return fetch(`${emulator.current.siteUrl}/_control/webhooks`, {
    method: "POST",
    headers: { "X-Emulator-Control": "1" },
    body: JSON.stringify(webhook),
  })
}

describe("a delivery", () => {
  test("carries Bitbucket's headers and a signature over its bytes (BB-N1, BB-N2)", async () => {
    const { received, url } = await receive()
    const delivery = await emulator.current.control.sendWebhook({
      url,
      event: "repo:push",
      secret: "a secret of théirs",
      actor: "zoe",
      repository: "demo/reykjavik-notes",
      payload: { push: { changes: [] } },
      attempt_number: 2,
    })
    const [{ request, body } = {}] = received
    expect([request?.method, request?.url]).toEqual(["POST", "/hooks?x=1"])
    const signature = createHmac("sha256", "a secret of théirs")
      .update(body ?? "")
      .digest("hex")
    expect(request?.headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": "Bitbucket-Webhooks/2.0",
      "x-attempt-number": "2",
      "x-event-key": "repo:push",
      "x-hook-uuid": delivery.hook_uuid,
      "x-hub-signature": `sha256=${signature}`,
      "x-request-uuid": delivery.request_uuid,
    })
    expect(delivery.status).toBe(204)
    expect(JSON.parse(String(body))).toMatchObject({
      actor: { type: "user", display_name: "Zoë Ångström-Жукова" },
      repository: { type: "repository", full_name: "demo/reykjavik-notes", project: { key: "PROJ" } },
      push: { changes: [] },
    })
  })

  test("of the same webhook has the same hook id, and a new request id", async () => {
    const { url } = await receive()
    const first = await emulator.current.control.sendWebhook({ url, event: "repo:push" })
    const second = await emulator.current.control.sendWebhook({ url, event: "pullrequest:comment_created" })
    expect(second.hook_uuid).toBe(first.hook_uuid)
    expect(second.request_uuid).not.toBe(first.request_uuid)
    const hook_uuid = "7f2c9a1e-0000-4000-8000-000000000001"
    expect(
      (await emulator.current.control.sendWebhook({ url, event: "repo:push", hook_uuid })).hook_uuid,
    ).toBe(hook_uuid)
  })

  test("without a secret has no signature (BB-N2)", async () => {
    const { received, url } = await receive()
    await emulator.current.control.sendWebhook({ url, event: "repo:push", payload: { repository: "mine" } })
    expect(received[0]?.request.headers["x-hub-signature"]).toBeUndefined()
    expect(String(received[0]?.body)).toBe('{"repository": "mine"}')
  })

  test("reports the receiver's status, and nothing else from its response", async () => {
    const { url } = await receive(500)
    const response = await send({ url, event: "repo:push", secret: "a-secret" })
    const text = await response.text()
    expect(JSON.parse(text)).toMatchObject({ status: 500 })
    expect(text).not.toMatch(/not for the caller|a-secret/)
  })

  test("does not follow a redirect (EM-11)", async () => {
    const elsewhere = await receive()
    const { url } = await receive(307, { Location: elsewhere.url })
    expect((await emulator.current.control.sendWebhook({ url, event: "repo:push" })).status).toBe(307)
    expect(elsewhere.received).toEqual([])
  })

  test("reaches a receiver by this machine's hostname", async () => {
    const { received, port } = await receive()
    await emulator.current.control.sendWebhook({ url: `http://localhost:${port}/`, event: "repo:push" })
    expect(received).toHaveLength(1)
  })

  test("that no receiver accepts is 502", async () => {
    const { url } = await receive()
    await new Promise((resolve) => servers.pop()?.close(resolve))
    const response = await send({ url, event: "repo:push" })
    expect([response.status, await response.json()]).toEqual([
      502,
      { error: "not_delivered", message: "The receiver did not answer: ECONNREFUSED." },
    ])
  })
})

describe("refusals", () => {
  test.each([
    "http://192.0.2.1/",
    "http://example.com/",
    "http://localhost.example.com/",
    "http://127.0.0.1.example.com/",
    "http://127.0.0.1@example.com/",
    "http://user:password@127.0.0.1/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://[::ffff:192.0.2.1]/",
    "http://169.254.169.254/",
    "file:///etc/passwd",
    "ftp://127.0.0.1/",
    "/hooks",
  ])("the address %s (EM-11)", async (url) => {
    const response = await send({ url, event: "repo:push" })
    expect(response.status).toBe(400)
  })

  const url = "http://127.0.0.1:1/"
  test.each<[string, object, number]>([
    ["no event", { url }, 400],
    ["an event with a line break", { url, event: "repo:push\r\nX-Other: 1" }, 400],
    ["an empty secret", { url, event: "repo:push", secret: "" }, 400],
    ["an unknown member", { url, event: "repo:push", headers: {} }, 400],
    ["a hook that is no UUID", { url, event: "repo:push", hook_uuid: "x" }, 400],
    ["a stranger", { url, event: "repo:push", actor: "unknown" } satisfies WebhookInput, 404],
    [
      "an unknown repository",
      { url, event: "repo:push", repository: "demo/nothing" } satisfies WebhookInput,
      404,
    ],
  ])("%s", async (_case, webhook, status) => {
    expect((await send(webhook)).status).toBe(status)
  })

  test("a caller without the control header", async () => {
    const { received, url } = await receive()
    const body = JSON.stringify({ url, event: "repo:push" })
    const response = await fetch(`${emulator.current.siteUrl}/_control/webhooks`, { method: "POST", body })
    expect(response.status).toBe(403)
    expect(received).toEqual([])
  })
})
