/** Enough for every form of this app: they contain a path, a choice or a CSRF token. */
export const LARGEST_BODY_BYTES = 16 * 1024

/** Whether a request announces a body that is larger than any of our forms. */
export function declaresTooLargeBody(request: Request): boolean {
  return Number(request.headers.get("content-length") ?? 0) > LARGEST_BODY_BYTES
}

/**
 * Reads a body to its end, or until it becomes too large: many requests do not announce their length.
 *
 * @returns null for one that is too large
 */
export async function readBody(request: Request): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > LARGEST_BODY_BYTES) return null
    chunks.push(chunk)
  }
  return Uint8Array.from(Buffer.concat(chunks))
}

/**
 * Whether Next can read the form or the arguments that a page's action received; it answers 500 if it cannot. A body that
 * is neither reaches no action. Reads the request's body.
 */
export async function hasReadableForm(request: Request): Promise<boolean> {
  const isForm = /^multipart\/form-data\b/i.test(request.headers.get("content-type") ?? "")
  // Our pages' own scripts name the action in a header, and send its arguments as JSON, alone or in the first field.
  const isCall = request.headers.has("next-action")
  try {
    const form = isForm ? await request.formData() : null
    if (isCall) return isList(form ? (formField(form, "0") ?? "") : await request.text())
    return true
  } catch {
    return false
  }
}

/** @throws SyntaxError for anything but JSON */
function isList(text: string): boolean {
  return Array.isArray(JSON.parse(text))
}

/**
 * A field of the form that a server action received. Anyone can call an action with something other than a form.
 *
 * @returns its text; null if there is none
 */
export function formField(form: unknown, name: string): string | null {
  const value = form instanceof FormData ? form.get(name) : null
  return typeof value === "string" ? value : null
}
