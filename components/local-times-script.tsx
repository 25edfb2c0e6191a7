"use client"

import { useLayoutEffect } from "react"

/**
 * Puts the times of a page into the viewer's own time zone, and names it. As the page is read a script sees each
 * `<time data-local>` before it is painted, whether it comes with the page, streams in or is put there later: what the
 * server said in UTC never shows, and nothing moves. On a page that is gone to without being loaded, the effect does the
 * same.
 *
 * @param nonce of the Content Security Policy
 */
export function LocalTimesScript({ nonce }: { nonce: string | undefined }) {
  useLayoutEffect(showLocalTimes, [])
  return (
    <script
      nonce={nonce}
      // React warns of a script that it would put there without its being run.
      type={typeof window === "undefined" ? undefined : "text/plain"}
      suppressHydrationWarning
      // biome-ignore lint/security/noDangerouslySetInnerHtml: a function of this file, written out as it is
      dangerouslySetInnerHTML={{ __html: `(${showLocalTimes})()` }}
    />
  )
}

/** Written out into the page, so it uses nothing but what it holds and what a browser has. Does its work once. */
function showLocalTimes() {
  const places = "time[data-local]"
  if ("showsLocalTimes" in window) return
  Object.assign(window, { showsLocalTimes: true })
  const format = (parts: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat("en-GB", parts)
  const dayFormat = format({ day: "numeric", month: "long", year: "numeric" })
  const clockFormat = format({ hour: "2-digit", minute: "2-digit", timeZoneName: "short" })
  const show = (time: HTMLElement) => {
    const at = Date.parse(time.getAttribute("datetime") ?? "")
    const [day, clock] = [dayFormat.format(at), clockFormat.format(at)]
    const kind = time.dataset.local
    const text = kind === "day" ? day : kind === "time" ? clock : `${day}, ${clock}`
    if (text !== time.textContent) time.textContent = text
    // Of a list by days: a day is named where it begins here, and not in Greenwich.
    const days = [...document.querySelectorAll("time[data-local=day]")]
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
