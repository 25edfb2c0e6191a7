/** Bodies that a route has recorded, so that the journal does not have to read them from a stream again. */
const notedBodies = new WeakMap<Response, object>()

/** Records the body of a response, for routes that are called often enough for it to matter. */
export function noteBody(response: Response, body: object): Response {
  notedBodies.set(response, body)
  return response
}

/** The body of a response: parsed JSON, or text. Null if it is empty, as every response to a HEAD is. */
export async function readReplyBody(response: Response): Promise<object | string | null> {
  const noted = notedBodies.get(response)
  if (noted !== undefined) return noted
  const contentType = response.headers.get("Content-Type") ?? ""
  if (!/^(text\/|application\/(json|x-www-form-urlencoded))/.test(contentType)) return null
  const text = await response.clone().text()
  if (text === "") return null
  return contentType.startsWith("application/json") ? (JSON.parse(text) as object) : text
}
