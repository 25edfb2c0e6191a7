/** Bodies that a route has noted, so that the journal need not read them out of a stream again. */
const notedBodies = new WeakMap<Response, object>()

/** Notes what a response says, for routes that are asked often enough for it to matter. */
export function noteBody(response: Response, body: object): Response {
  notedBodies.set(response, body)
  return response
}

/** What a response says: what its JSON holds, or its text if it is one. */
export async function readReplyBody(response: Response): Promise<object | string | null> {
  const noted = notedBodies.get(response)
  if (noted !== undefined) return noted
  const contentType = response.headers.get("Content-Type") ?? ""
  if (contentType.startsWith("application/json")) return (await response.clone().json()) as object
  const isText = /^(text\/|application\/x-www-form-urlencoded)/.test(contentType)
  return isText ? await response.clone().text() : null
}
