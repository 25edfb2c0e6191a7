import type { BrowserContext, Request } from "@playwright/test"

/**
 * Notes every request that a browser completes from now on, with the headers as they went out.
 *
 * @returns what ends the noting, and gives them in the order in which they were sent
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
