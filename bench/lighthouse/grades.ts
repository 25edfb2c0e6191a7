import { chromium } from "@playwright/test"
import lighthouse, { type Flags } from "lighthouse"
import { findBrowser, headlessArguments } from "../../scripts/browser"
import { freePort } from "../../scripts/server-process"

type Category = "accessibility" | "best-practices" | "seo" | "performance"

type Options = { cookie?: string; without?: string[] }

/** The browser lost the beginning of the recording: there is no grade, good or bad, and Lighthouse needs another run. */
const NOT_RECORDED = ["NO_NAVSTART", "NO_TRACING_STARTED"]
const MOST_RECORDINGS = 4

/**
 * Lighthouse's grades for a page in a separate browser, on its simulated slow phone.
 *
 * @param options the cookie of the signed-in user, and audits that do not apply to this page
 * @returns 0 to 100 for each category, and the checks that took a point
 */
export async function gradesOf(url: string, categories: Category[], options: Options = {}) {
  for (let recordings = 1; ; recordings++) {
    const { lhr } = await record(url, categories, options)
    const { code, message } = lhr.runtimeError ?? {}
    if (code && NOT_RECORDED.includes(code) && recordings < MOST_RECORDINGS) continue
    if (code) throw new Error(`Lighthouse could not grade ${url}: ${message}`)
    const grades: Partial<Record<Category, number>> = Object.fromEntries(
      Object.entries(lhr.categories).map(([name, { score }]) => [name, Math.round((score ?? 0) * 100)]),
    )
    const lost = Object.values(lhr.audits)
      .filter(({ score, scoreDisplayMode }) => scoreDisplayMode === "binary" && score === 0)
      .map(({ id }) => id)
      .join(", ")
    return { grades, lost, layoutShift: lhr.audits["cumulative-layout-shift"]?.numericValue }
  }
}

async function record(url: string, categories: Category[], { cookie, without = [] }: Options) {
  const port = await freePort()
  const executablePath = findBrowser()
  const browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    args: [...headlessArguments, `--remote-debugging-port=${port}`],
  })
  try {
    const flags: Flags = {
      port,
      onlyCategories: categories,
      skipAudits: without,
      logLevel: "silent",
      output: "json",
    }
    if (cookie) flags.extraHeaders = { Cookie: cookie }
    const result = await lighthouse(url, flags)
    if (!result) throw new Error(`Lighthouse has nothing to say of ${url}`)
    return result
  } finally {
    await browser.close()
  }
}
