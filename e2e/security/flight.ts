import type { Answer, Question } from "./http"

/** The forms in which a page can be requested: a document, the payload its router fetches, and that payload prefetched. */
export const renderings: Record<string, string>[] = [
  {},
  { rsc: "1" },
  { rsc: "1", "next-router-prefetch": "1" },
]

/**
 * Next redirects a request for a payload to the URL that separates payloads from pages in caches. This follows it
 * as a browser does.
 *
 * @param ask sends one request, with the cookies of its visitor
 */
export async function askFor(
  ask: { send: (path: string, question?: Question) => Promise<Answer> },
  path: string,
  question: Question = {},
): Promise<Answer> {
  const answer = await ask.send(path, question)
  const { location = "" } = answer.headers
  const leadsToPayload = answer.status === 307 && location.startsWith("/") && /[?&]_rsc(=|&|$)/.test(location)
  return leadsToPayload ? ask.send(location, question) : answer
}
