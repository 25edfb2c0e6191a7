/** Bodies that a route has noted, so that the journal need not read them out of a stream again. */
const notedBodies = new WeakMap<Response, object>()

/** Notes what a response says, for routes that are asked often enough for it to matter. */
export function noteBody(response: Response, body: object): Response {
  notedBodies.set(response, body)
  return response
}

/** What a response says: what its JSON holds, or its text if it is one. Null where it is empty, as every answer to a HEAD is. */
export async function readReplyBody(response: Response): Promise<object | string | null> {
  const noted = notedBodies.get(response)
  if (noted !== undefined) return noted
  const contentType = response.headers.get("Content-Type") ?? ""
  if (!/^(text\/|application\/(json|x-www-form-urlencoded))/.test(contentType)) return null
  const text = await response.clone().text()
  if (text === "") return null
  return contentType.startsWith("application/json") ? (JSON.parse(text) as object) : text
}
