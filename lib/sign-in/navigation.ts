/** Prefetches, images and frames of other sites start nothing (Fetch Metadata, Sec-Purpose). */
export function isNavigation({ headers }: Request): boolean {
  const destination = headers.get("sec-fetch-dest")
  const isPrefetch = /prefetch/i.test(headers.get("sec-purpose") ?? headers.get("purpose") ?? "")
  return !isPrefetch && (destination === null || destination === "document")
}
