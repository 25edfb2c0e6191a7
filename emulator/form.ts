const FORM_CONTENT_TYPE = /^application\/x-www-form-urlencoded\s*(;|$)/i

/** The fields of a form body. A body of any other type has none (BB-T1). */
export async function readForm(request: Request): Promise<URLSearchParams> {
  return parseForm(request.headers.get("Content-Type"), await request.text())
}

export function parseForm(contentType: string | null, body: string): URLSearchParams {
  return new URLSearchParams(FORM_CONTENT_TYPE.test(contentType ?? "") ? body : "")
}
