import type { BrowserContext, Request } from "@playwright/test"

/**
 * Records every request that a browser completes from now on, with the headers as sent.
 *
 * @returns a function that stops recording, and returns the requests in the order they were sent
 */
export function noteRequests(browser: BrowserContext) {
  const noted: Promise<{ url: string; kind: string; startedAt: number; headers: Record<string, string> }>[] =
    []
  const note = (request: Request) => {
    const about = { url: request.url(), kind: request.resourceType(), startedAt: request.timing().startTime }
    noted.push(request.allHeaders().then((headers) => ({ ...about, headers })))
  }
  browser.on("requestfinished", note)
  return async () => {
    browser.off("requestfinished", note)
    return (await Promise.all(noted)).sort((one, other) => one.startedAt - other.startedAt)
  }
}
