import { BitbucketError, parseRetryAfterSeconds } from "auth-bitbucket/client"

/** Why there was no answer at all. */
export type Silence = "timeout" | "unknown_host" | "refused" | "certificate" | "broken"

/** The parts of Bitbucket's answer that a check needs. We compare its texts and never show them. */
export type Answer =
  | {
      kind: "answer"
      status: number
      isJson: boolean
      body: string
      retryAfterSeconds: number | null
      /** How far Bitbucket's clock is ahead of ours, by its Date header; null without one. */
      clockAheadSeconds: number | null
    }
  | { kind: "redirect" }
  | { kind: "too_long" }
  | { kind: "silence"; why: Silence }

/** Sends one request through `boundedFetch` and says how it went; nothing is thrown. */
export async function probe(send: () => Promise<Response>): Promise<Answer> {
  const sentAt = Date.now()
  try {
    const response = await send()
    return {
      kind: "answer",
      status: response.status,
      isJson: /^application\/json\b/i.test(response.headers.get("content-type") ?? ""),
      body: await response.text(),
      retryAfterSeconds: parseRetryAfterSeconds(response.headers.get("retry-after")),
      clockAheadSeconds: clockAhead(response.headers.get("date"), sentAt, Date.now()),
    }
  } catch (error) {
    if (!(error instanceof BitbucketError)) throw error
    if (error.code === "unreachable") return { kind: "silence", why: silenceOf(error) }
    return { kind: error.status && error.status < 400 && error.status >= 300 ? "redirect" : "too_long" }
  }
}

/** The header is cut to whole seconds, and was written somewhere between sending and receiving. */
function clockAhead(date: string | null, sentAt: number, receivedAt: number): number | null {
  const theirs = Date.parse(date ?? "")
  return Number.isNaN(theirs) ? null : (theirs + 500 - (sentAt + receivedAt) / 2) / 1_000
}

function silenceOf(error: Error): Silence {
  for (let link: unknown = error.cause; link instanceof Error; link = link.cause) {
    if (link.name === "TimeoutError") return "timeout"
    const code = "code" in link ? String(link.code) : ""
    if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "unknown_host"
    if (code === "ECONNREFUSED") return "refused"
    if (/CERT|SIGNATURE|ISSUER/.test(code)) return "certificate"
  }
  return "broken"
}
