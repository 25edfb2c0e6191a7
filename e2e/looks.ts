import { expect, type Page } from "@playwright/test"
import axe from "axe-core"

const looks = (["light", "dark"] as const).flatMap((colorScheme) =>
  [
    { device: "phone", viewport: { width: 360, height: 740 } },
    { device: "narrow phone", viewport: { width: 320, height: 640 } },
    { device: "desktop", viewport: { width: 1280, height: 800 } },
  ].map((one) => ({ ...one, colorScheme })),
)

/** Technical words that users must not see, except on pages for developers. */
const machinery = /\b(oauth|tokens?|jwt|server configuration)\b/i

/**
 * Checks the open page on a phone and a desktop, light and dark: nothing overflows, axe finds
 * nothing, and no technical word appears.
 *
 * @param name of the page, for the messages
 */
export async function expectGoodInEveryLook(page: Page, name: string): Promise<void> {
  await expectPlainWords(page)
  const before = page.viewportSize()
  for (const { device, viewport, colorScheme } of looks) {
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
    const look = `${name} on a ${colorScheme} ${device}`
    const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
    expect(isTooWide, `${look} scrolls sideways`).toBe(false)
    if (device !== "narrow phone") expect(await accessibilityFaults(page), look).toEqual([])
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null })
  if (before) await page.setViewportSize(before)
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

/** Collapsed text counts too: it is one click away. */
async function expectPlainWords(page: Page): Promise<void> {
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
