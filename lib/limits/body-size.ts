/** Forms hold an address, a choice or a CSRF token; nobody uploads anything. */
export const LARGEST_BODY_BYTES = 16 * 1024

/** Whether a request says beforehand that its body is larger than any of ours. */
export function declaresTooLargeBody(request: Request): boolean {
  return Number(request.headers.get("content-length") ?? 0) > LARGEST_BODY_BYTES
}

/**
 * Reads a body to its end, or to where it becomes too large: many do not say beforehand how long they are.
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
