import { createHmac } from "node:crypto"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { buffer } from "node:stream/consumers"
import { afterEach, expect, test } from "vitest"
import { verifyWebhook, type WebhookError } from "./webhooks.ts"

const secret = "It's a Secret to Everybody"
const sign = (body: string | Uint8Array, by = secret, algorithm = "sha256") =>
  `${algorithm}=${createHmac(algorithm, by).update(body).digest("hex")}`

/** A push as Bitbucket sends it. */
const body = '{"push": {"changes": []}, "actor": {"display_name": "Zoë Ångström-Жукова"}}'
const headersFor = (signature: string) => ({
  "X-Event-Key": "repo:push",
  "X-Hook-UUID": "{11111111-2222-4333-8444-555555555555}",
  "X-Request-UUID": "22222222-2222-4333-8444-555555555555",
  "X-Attempt-Number": "2",
  "X-Hub-Signature": signature,
})

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as WebhookError).code ?? (error as Error).name
  }
  return "accepted"
}

test("Atlassian's own example of a signature is accepted: the body fails only for being no JSON", () => {
  const signature = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
  expect(sign("Hello World!")).toBe(signature)
  const check = (text: string) =>
    codeOf(() => verifyWebhook({ secret, headers: headersFor(signature), body: text }))
  expect(check("Hello World!")).toBe("body_unreadable")
  expect(check("Hello World?")).toBe("signature_mismatch")
})

test.each([
  ["a string", body],
  ["bytes", new TextEncoder().encode(body)],
  ["a buffer within a larger one", Buffer.from(`x${body}`).subarray(1)],
  ["an ArrayBuffer", new TextEncoder().encode(body).buffer],
])("a signed delivery is read from %s", (_, given) => {
  expect(verifyWebhook({ secret, headers: new Headers(headersFor(sign(body))), body: given })).toEqual({
    event: "repo:push",
    payload: JSON.parse(body),
    deliveryId: "22222222-2222-4333-8444-555555555555",
    hookId: "{11111111-2222-4333-8444-555555555555}",
    attempt: 2,
  })
})

test("every byte counts: a body that was parsed and written again has another signature", () => {
  const rewritten = JSON.stringify(JSON.parse(body))
  expect(codeOf(() => verifyWebhook({ secret, headers: headersFor(sign(body)), body: rewritten }))).toBe(
    "signature_mismatch",
  )
})

const good = sign(body)
test.each<[string, Record<string, string | string[] | undefined>, string]>([
  ["no signature", {}, "signature_missing"],
  ["an undefined one", { "x-hub-signature": undefined }, "signature_missing"],
  ["an empty one", { "x-hub-signature": "" }, "signature_missing"],
  ["a signature under another name", { "x-hub-signature-256": good }, "signature_missing"],
  ["two signatures", { "x-hub-signature": [good, good] }, "signature_malformed"],
  [
    "two signatures in two cases of the name",
    { "x-hub-signature": good, "X-Hub-Signature": good },
    "signature_malformed",
  ],
  ["an empty one and a good one", { "x-hub-signature": ["", good] }, "signature_malformed"],
  ["two signatures in one line", { "x-hub-signature": `${good}, ${good}` }, "signature_malformed"],
  ["a digest without its algorithm", { "x-hub-signature": good.slice(7) }, "signature_malformed"],
  ["a SHA-1 digest", { "x-hub-signature": sign(body, secret, "sha1") }, "signature_malformed"],
  ["a SHA-512 digest", { "x-hub-signature": sign(body, secret, "sha512") }, "signature_malformed"],
  ["an algorithm in capitals", { "x-hub-signature": good.replace("sha", "SHA") }, "signature_malformed"],
  [
    "digits in capitals",
    { "x-hub-signature": `sha256=${good.slice(7).toUpperCase()}` },
    "signature_malformed",
  ],
  ["a digit too few", { "x-hub-signature": good.slice(0, -1) }, "signature_malformed"],
  ["a digit too many", { "x-hub-signature": `${good}0` }, "signature_malformed"],
  ["a line break behind it", { "x-hub-signature": `${good}\n` }, "signature_malformed"],
  ["no digest", { "x-hub-signature": "sha256=" }, "signature_malformed"],
  ["a signature by another secret", { "x-hub-signature": sign(body, "another") }, "signature_mismatch"],
  ["a signature of nothing", { "x-hub-signature": sign("") }, "signature_mismatch"],
  ["a signature by an empty secret", { "x-hub-signature": sign(body, "") }, "signature_mismatch"],
])("a request with %s is refused", (_, headers, code) => {
  const all = { "x-event-key": "repo:push", ...headers }
  expect(codeOf(() => verifyWebhook({ secret, headers: all, body }))).toBe(code)
})

test("two signatures are refused in fetch's headers too", () => {
  const headers = new Headers(headersFor(good))
  headers.append("x-hub-signature", good)
  expect(codeOf(() => verifyWebhook({ secret, headers, body }))).toBe("signature_malformed")
})

test("an empty secret verifies nothing", () => {
  const headers = headersFor(sign(body, ""))
  expect(codeOf(() => verifyWebhook({ secret: "", headers, body }))).toBe("TypeError")
})

test.each<[string, Record<string, string | string[]>]>([
  ["none", {}],
  ["an empty one", { "x-event-key": "" }],
  ["two", { "x-event-key": ["repo:push", "repo:fork"] }],
])("a signed request whose event keys are %s is refused", (_, headers) => {
  const all = { "x-hub-signature": good, ...headers }
  expect(codeOf(() => verifyWebhook({ secret, headers: all, body }))).toBe("event_missing")
})

test.each([undefined, "", "0", "-1", "1.5", "many"])(
  "an attempt numbered %j counts as the first",
  (number) => {
    const headers = {
      "x-hub-signature": good,
      "x-event-key": "repo:push",
      ...(number !== undefined && { "x-attempt-number": number }),
    }
    expect(verifyWebhook({ secret, headers, body })).toMatchObject({
      attempt: 1,
      deliveryId: null,
      hookId: null,
    })
  },
)

test("no error repeats the secret, the signature or the body", () => {
  const headers = headersFor(sign("another"))
  try {
    verifyWebhook({ secret, headers, body })
    expect.unreachable()
  } catch (error) {
    const text = JSON.stringify(error, Object.getOwnPropertyNames(error))
    for (const part of [secret, headers["X-Hub-Signature"].slice(7), "Ångström"])
      expect(text).not.toContain(part)
  }
})

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

test("a delivery that comes through Node's own server is verified by its headers and its raw body", async () => {
  const received: unknown[] = []
  const server = createServer(async (request, response) => {
    const raw = await buffer(request)
    received.push(codeOf(() => received.push(verifyWebhook({ secret, headers: request.headers, body: raw }))))
    response.end()
  })
  closing.push(() => server.close())
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const twice = Object.entries(headersFor(good))
  await fetch(url, { method: "POST", headers: headersFor(good), body })
  await fetch(url, { method: "POST", headers: [...twice, ["X-Hub-Signature", good]], body })
  expect(received).toEqual([
    expect.objectContaining({ event: "repo:push", attempt: 2 }),
    "accepted",
    "signature_malformed",
  ])
})
