import type { Answer, Question } from "./http"
import type { Visitor } from "./visitor"

/** What a page may be asked for as: a document, the payload that its router fetches, and that payload beforehand. */
export const renderings: Record<string, string>[] = [
  {},
  { rsc: "1" },
  { rsc: "1", "next-router-prefetch": "1" },
]

/** Next leads a request for a payload to the address that keeps payloads apart from pages in caches: follows there. */
export async function askFor(
  visitor: Visitor,
  path: string,
  headers: Question["headers"] = {},
): Promise<Answer> {
  const answer = await visitor.send(path, { headers })
  const location = answer.headers.location ?? ""
  return answer.status === 307 && /[?&]_rsc(=|&|$)/.test(location)
    ? visitor.send(location, { headers })
    : answer
}
