"use client"

import { useLayoutEffect } from "react"

/**
 * Converts the times of a page to the viewer's time zone, and names the zone. While the browser parses the page, a script
 * handles each element with `data-local` before it is painted, whether it comes with the page, streams in or is added
 * later: UTC is never visible, and nothing moves. After a navigation within the app, the effect does the same.
 *
 * @param nonce of the Content Security Policy
 */
export function LocalTimesScript({ nonce }: { nonce: string | undefined }) {
  useLayoutEffect(showLocalTimes, [])
  return (
    <script
      nonce={nonce}
      // React warns about a script that it renders in the browser, because such a script does not run.
      type={typeof window === "undefined" ? undefined : "text/plain"}
      suppressHydrationWarning
      // biome-ignore lint/security/noDangerouslySetInnerHtml: a function of this file, written out as it is
      dangerouslySetInnerHTML={{ __html: `(${showLocalTimes})()` }}
    />
  )
}

/** The page contains its source, so it uses only its own variables and the browser's. Runs once. */
function showLocalTimes() {
  const places = "[data-local]"
  if ("showsLocalTimes" in window) return
  Object.assign(window, { showsLocalTimes: true })
  const format = (parts: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat("en-GB", parts)
  const dayFormat = format({ day: "numeric", month: "long", year: "numeric" })
  const clock: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" }
  const clockFormat = format(clock)
  const zonedFormat = format({ ...clock, timeZoneName: "short" })
  /** The name for the whole year: "Central European Time", not that of summer or winter. */
  const zoneFormat = format({ timeZoneName: "longGeneric" })
  const texts: Record<string, (at: number) => string | undefined> = {
    day: (at) => dayFormat.format(at),
    clock: (at) => clockFormat.format(at),
    instant: (at) => `${dayFormat.format(at)}, ${zonedFormat.format(at)}`,
    zone: () => zoneFormat.formatToParts().find(({ type }) => type === "timeZoneName")?.value,
  }
  const show = (time: HTMLElement) => {
    const kind = time.dataset.local ?? ""
    const text = texts[kind]?.(Date.parse(time.getAttribute("datetime") ?? ""))
    if (text && text !== time.textContent) time.textContent = text
    // A list names each day once, where it begins in the viewer's time zone, not in UTC.
    const days = [...document.querySelectorAll("[data-local=day]")]
    const before = days[days.indexOf(time) - 1]
    if (kind === "day" && time.parentElement) time.parentElement.hidden = before?.textContent === text
  }
  const showAllIn = (part: ParentNode) => part.querySelectorAll<HTMLElement>(places).forEach(show)
  showAllIn(document)
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      const own = (target instanceof Element ? target : target.parentElement)?.closest<HTMLElement>(places)
      if (own) show(own)
      for (const node of addedNodes)
        if (node instanceof HTMLElement) {
          if (node.matches(places)) show(node)
          showAllIn(node)
        }
    }
  }).observe(document, { subtree: true, childList: true, characterData: true })
}
