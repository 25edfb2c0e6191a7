import { type Hop, notableHeaders } from "./hop.ts"

/** A trace as a person would write it by hand: a table as an overview, then every hop. */
export function traceMarkdown(hops: readonly Hop[]): string {
  const overview = hops.map((hop, index) => {
    const { host, path } = partsOf(hop.address)
    return `| ${index + 1} | +${offsetMs(hop, hops)} ms | ${hop.from} | ${hop.method} ${host}${path} | ${answerOf(hop)} |`
  })
  return [
    `# OAuth trace: ${hops.length} ${hops.length === 1 ? "hop" : "hops"}`,
    "",
    "Secrets are shown by their length and 16 bits of their hash: equal marks, equal secrets.",
    "",
    "| Hop | At | From | Request | Answer |",
    "| --: | --: | --- | --- | --- |",
    ...overview,
    ...hops.flatMap((hop, index) => ["", ...hopSection(hop, index, hops)]),
    "",
  ].join("\n")
}

function hopSection(hop: Hop, index: number, hops: readonly Hop[]): string[] {
  const duration = hop.durationMs === null ? "not answered" : `answered in ${hop.durationMs} ms`
  return [
    `## ${index + 1}. ${hop.method} ${partsOf(hop.address).path}`,
    "",
    `From the ${hop.from} at ${hop.at} (+${offsetMs(hop, hops)} ms), ${duration}.`,
    "",
    "```http",
    `${hop.method} ${hop.address}`,
    ...headerLines(hop.requestHeaders),
    ...formLines(hop.form),
    "",
    answerOf(hop),
    ...headerLines(hop.responseHeaders),
    ...(hop.responseBody === null ? [] : ["", bodyText(hop.responseBody)]),
    "```",
  ]
}

function headerLines(headers: Record<string, string>): string[] {
  return notableHeaders(headers).map(([name, value]) => `${name}: ${value}`)
}

function formLines(form: Record<string, string>): string[] {
  const fields = Object.entries(form).map(([name, value]) => `${name}=${value}`)
  return fields.length === 0 ? [] : ["", fields.join("\n&")]
}

/** The status as a person would say it, and the fault that affected the request. */
export function answerOf({ status, fault }: Hop): string {
  const answer = status === null ? "no answer" : String(status)
  return fault === null ? answer : `${answer} (fault: ${fault})`
}

export function bodyText(body: unknown): string {
  return typeof body === "string" ? body : JSON.stringify(body, null, 2)
}

/** Milliseconds since the first hop. */
export function offsetMs(hop: Hop, hops: readonly Hop[]): number {
  return Date.parse(hop.at) - Date.parse(hops[0]?.at ?? hop.at)
}

/** Redacted addresses contain brackets and spaces, so they are split as text. */
export function partsOf(address: string): { host: string; path: string } {
  const [, host = "", path = "/"] = /^https?:\/\/([^/?]+)([^?]*)/.exec(address) ?? []
  return { host, path }
}
