const FORM_CONTENT_TYPE = /^application\/x-www-form-urlencoded\s*(;|$)/i

/** Forms that the server has already parsed for the journal. */
const parsedForms = new WeakMap<Request, URLSearchParams>()

export function noteForm(request: Request, form: URLSearchParams): void {
  parsedForms.set(request, form)
}

/** The fields of a form body. A body of any other type has none (BB-T1). */
export async function readForm(request: Request): Promise<URLSearchParams> {
  return parsedForms.get(request) ?? parseForm(request.headers.get("Content-Type"), await request.text())
}

export function parseForm(contentType: string | null, body: string): URLSearchParams {
  return new URLSearchParams(FORM_CONTENT_TYPE.test(contentType ?? "") ? body : "")
}
