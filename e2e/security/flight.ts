import type { Answer, Question } from "./http"

/** What a page may be asked for as: a document, the payload that its router fetches, and that payload beforehand. */
export const renderings: Record<string, string>[] = [
  {},
  { rsc: "1" },
  { rsc: "1", "next-router-prefetch": "1" },
]

/**
 * Next leads a request for a payload to the address that keeps payloads apart from pages in caches: follows there, as
 * a browser does.
 *
 * @param ask sends one request, as whoever is to be sent it
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
