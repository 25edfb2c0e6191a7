import { type CDPSession, expect, type Page } from "@playwright/test"
import axe from "axe-core"
import { layoutFaults } from "./layout-faults"

export type Look = {
  name: string
  width: number
  /** The text's size only, as in a browser's settings. */
  textSize?: "200%"
  direction?: "rtl"
  media?: { colorScheme?: "light" | "dark"; forcedColors?: "active" }
  /** Colours depend on the scheme and not on the width, so each scheme's colours are checked once. */
  hasAxe?: true
}

const looks: Look[] = [
  { name: "320 pixels wide", width: 320 },
  { name: "320 pixels wide with large text", width: 320, textSize: "200%" },
  { name: "320 pixels wide from right to left", width: 320, direction: "rtl" },
  { name: "375 pixels wide and dark", width: 375, media: { colorScheme: "dark" }, hasAxe: true },
  { name: "768 pixels wide", width: 768 },
  { name: "768 pixels wide with large text", width: 768, textSize: "200%" },
  { name: "1280 pixels wide", width: 1280, hasAxe: true },
  { name: "1280 pixels wide with large text", width: 1280, textSize: "200%" },
  { name: "1280 pixels wide from right to left", width: 1280, direction: "rtl" },
  { name: "1280 pixels wide in forced colours", width: 1280, media: { forcedColors: "active" } },
]

/** Technical words that users must not see, except on pages for developers. */
const machinery = /\b(oauth|tokens?|jwt|server configuration)\b/i

/**
 * Checks the open page without reloading it: at four widths, light, dark, in forced colours, right to left and at 200 %
 * text size. Nothing is cut off, covered, too small to hit or without a focus ring, axe finds
 * nothing, no technical word appears, and nothing moved while the page was loading.
 *
 * @param name of the page, for the message
 */
export async function expectGoodInEveryLook(page: Page, name: string): Promise<void> {
  await expectPlainWords(page)
  expect(await layoutShifts(page), `what moved on ${name}`).toEqual([])
  await inEveryLook(page, async (look) => {
    expect(await page.evaluate(layoutFaults), `${name}, ${look.name}`).toEqual([])
    if (look.hasAxe) expect(await accessibilityFaults(page), `${name}, ${look.name}`).toEqual([])
  })
}

/** The part of `expectGoodInEveryLook` that is about layout. */
export async function expectGoodLayout(page: Page, name: string): Promise<void> {
  await inEveryLook(page, async (look) => {
    expect(await page.evaluate(layoutFaults), `${name}, ${look.name}`).toEqual([])
  })
}

async function inEveryLook(page: Page, check: (look: Look) => Promise<void>): Promise<void> {
  const before = page.viewportSize() ?? { width: 1280, height: 800 }
  const browser = await page.context().newCDPSession(page)
  // After a click the browser shows no focus ring until a key is pressed.
  await page.keyboard.press("Tab")
  for (const look of looks) {
    await wear(page, browser, look)
    await check(look)
  }
  await wear(page, browser, { name: "as before", width: before.width })
  await page.setViewportSize(before)
  await browser.detach()
}

export async function wear(
  page: Page,
  browser: CDPSession,
  { width, textSize, direction, media }: Look,
): Promise<void> {
  await page.setViewportSize({ width, height: 800 })
  await page.emulateMedia({ colorScheme: null, forcedColors: null, ...media, reducedMotion: "reduce" })
  // The browser's own setting, so that what depends on it in the style sheet follows.
  await browser.send("Page.setFontSizes", { fontSizes: { standard: textSize === "200%" ? 32 : 16 } })
  await page.evaluate((dir) => {
    document.documentElement.dir = dir
  }, direction ?? "")
}

export async function accessibilityFaults(page: Page): Promise<{ id: string; where: unknown[] }[]> {
  // Once for all looks of a page. No page here has frames, for which axe would need more.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run({
      resultTypes: ["violations"],
    })
    return violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ target }) => target) }))
  })
}

/** What the browser recorded since the page began to load. A thousandth is a word of the header; Google calls a tenth good. */
export async function layoutShifts(page: Page): Promise<unknown[]> {
  return page.evaluate(() => {
    type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean; sources?: { node?: Node }[] }
    const observer = new PerformanceObserver(() => {})
    observer.observe({ type: "layout-shift", buffered: true })
    return (observer.takeRecords() as Shift[])
      .filter(({ value, hadRecentInput }) => value > 0.005 && !hadRecentInput)
      .map(({ value, sources }) => ({
        value,
        moved: sources?.map(({ node }) => node?.textContent?.slice(0, 60)),
      }))
  })
}

/** Collapsed text counts too: it is one click away. */
export async function expectPlainWords(page: Page): Promise<void> {
  const words = await page.evaluate(() => {
    const copy = document.body.cloneNode(true) as HTMLElement
    for (const part of copy.querySelectorAll("script, style, template")) part.remove()
    for (const part of copy.querySelectorAll("#developers")) part.closest("section, details")?.remove()
    const named = [...copy.querySelectorAll("[title], [aria-label], [alt]")].flatMap((element) =>
      ["title", "aria-label", "alt"].map((attribute) => element.getAttribute(attribute) ?? ""),
    )
    return [document.title, copy.textContent ?? "", ...named].join(" ")
  })
  expect(words).not.toMatch(machinery)
}
