import { type Hop, headerOf, locationOf } from "./hop.ts"
import { bodyText } from "./markdown.ts"

/**
 * A trace as an HTTP Archive, which browsers' network panels and most HTTP tools open.
 *
 * @see http://www.softwareishard.com/blog/har-12-spec/
 */
export function traceHar(hops: readonly Hop[]): object {
  return {
    log: {
      version: "1.2",
      creator: { name: "bitbucket-emulator", version: "0.1.0" },
      comment: "Codes, tokens, secrets, cookies and passwords are redacted.",
      entries: hops.map(entryOf),
    },
  }
}

function entryOf(hop: Hop): object {
  const form = pairs(hop.form)
  const body = hop.responseBody === null ? "" : bodyText(hop.responseBody)
  const waited = hop.durationMs ?? 0
  return {
    startedDateTime: hop.at,
    time: waited,
    comment: hop.fault === null ? `from the ${hop.from}` : `from the ${hop.from}; fault: ${hop.fault}`,
    request: {
      method: hop.method,
      url: encodeURI(hop.address).replaceAll("#", "%23"),
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: pairs(hop.requestHeaders),
      queryString: pairs(hop.query),
      ...(form.length === 0
        ? {}
        : { postData: { mimeType: "application/x-www-form-urlencoded", params: form } }),
      headersSize: -1,
      bodySize: -1,
    },
    response: {
      status: hop.status ?? 0,
      statusText: "",
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: pairs(hop.responseHeaders),
      content: {
        size: body.length,
        mimeType: headerOf(hop.responseHeaders, "content-type") ?? "",
        text: body,
      },
      redirectURL: locationOf(hop) ?? "",
      headersSize: -1,
      bodySize: -1,
    },
    cache: {},
    timings: { send: 0, wait: waited, receive: 0 },
  }
}

function pairs(record: Record<string, string>): { name: string; value: string }[] {
  return Object.entries(record).map(([name, value]) => ({ name, value }))
}
