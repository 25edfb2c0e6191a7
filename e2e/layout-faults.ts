/**
 * What a user could not read, hit or find in the page's current layout, one sentence for each fault. Runs in the browser,
 * so it uses only what it declares itself.
 */
export function layoutFaults(): string[] {
  const SMALLEST_TARGET = 24
  const targets = "a[href], button, input:not([type=hidden]), select, textarea, summary"
  blur()
  // An open dialog is meant to cover the page.
  const shown = document.querySelector(":popover-open, dialog:modal") ?? document.body
  return [...tooWide(), ...lostText(), ...coveredText(), ...smallTargets(), ...lostFocus(), ...motion()]

  function tooWide(): string[] {
    const { scrollWidth } = document.documentElement
    return scrollWidth > window.innerWidth ? [`is ${scrollWidth} pixels wide`] : []
  }

  function lostText(): string[] {
    return visibleTexts()
      .filter(({ parent, box }) => isCutOff(box, parent, ["hidden", "clip"]))
      .map(({ text }) => `cuts off “${text}”`)
  }

  function coveredText(): string[] {
    const texts = visibleTexts()
    return texts.flatMap((one, place) =>
      texts
        .slice(place + 1)
        .filter((other) => other.node !== one.node && overlap(one.box, other.box))
        .map((other) => `writes “${one.text}” over “${other.text}”`),
    )
  }

  function smallTargets(): string[] {
    return visibleTargets()
      .filter((target) => !isWithinSentence(target))
      .map((target) => ({ target, box: target.getBoundingClientRect() }))
      .filter(({ box }) => box.width < SMALLEST_TARGET || box.height < SMALLEST_TARGET)
      .map(({ target, box }) => `${nameOf(target)} is only ${box.width} × ${box.height} pixels`)
  }

  function lostFocus(): string[] {
    const faults = visibleTargets().flatMap((target) => {
      target.focus()
      target.scrollIntoView({ block: "nearest", inline: "nearest" })
      if (document.activeElement !== target) return [`${nameOf(target)} takes no focus`]
      const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(target)
      const reach = Number.parseFloat(outlineWidth) + Number.parseFloat(outlineOffset)
      if (outlineStyle === "none" || Number.parseFloat(outlineWidth) < 2)
        return [`${nameOf(target)} has no focus ring`]
      const { x, y, width, height } = target.getBoundingClientRect()
      const ring = new DOMRect(x - reach, y - reach, width + 2 * reach, height + 2 * reach)
      return isCutOff(ring, target.parentElement, ["hidden", "clip", "auto", "scroll"])
        ? [`cuts off the focus ring of ${nameOf(target)}`]
        : []
    })
    blur()
    return faults
  }

  /** The skip link covers the header while it has the focus. */
  function blur(): void {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  }

  function motion(): string[] {
    const isReduced = matchMedia("(prefers-reduced-motion: reduce)").matches
    const moving = [...document.querySelectorAll("body *")].filter((element) => {
      const { transitionDuration, animationName } = getComputedStyle(element)
      return animationName !== "none" || transitionDuration.split(", ").some((time) => time !== "0s")
    })
    return isReduced
      ? moving.map((element) => `moves <${element.localName} class="${element.className}">`)
      : []
  }

  function visibleTexts() {
    const texts: { node: Text; parent: Element; text: string; box: DOMRect }[] = []
    const walker = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement
      const text = node.textContent?.trim()
      if (!parent || !text || !isVisible(parent) || hasEllipsis(parent)) continue
      const range = document.createRange()
      range.selectNodeContents(node)
      for (const box of range.getClientRects())
        if (box.width > 0) texts.push({ node: node as Text, parent, text: text.slice(0, 40), box })
    }
    return texts
  }

  function visibleTargets(): HTMLElement[] {
    return [...shown.querySelectorAll<HTMLElement>(targets)].filter(isVisible)
  }

  /** Not for screen readers alone, and not collapsed. */
  function isVisible(element: Element): boolean {
    if (!element.checkVisibility({ checkVisibilityCSS: true })) return false
    for (let at: Element | null = element; at; at = at.parentElement)
      if (at.clientWidth <= 1 && getComputedStyle(at).overflowX === "hidden") return false
    return true
  }

  /** A name that ends in an ellipsis can be read in full elsewhere. */
  function hasEllipsis(element: Element): boolean {
    return element.closest(".truncate") !== null || getComputedStyle(element).textOverflow === "ellipsis"
  }

  /** Outside the window, unless the user can scroll there, or outside an element that clips it. */
  function isCutOff(box: DOMRect, parent: Element | null, cutting: string[]): boolean {
    for (let at = parent; at && at !== document.body; at = at.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(at)
      if (overflowX === "visible" && overflowY === "visible") continue
      const edge = at.getBoundingClientRect()
      if (cutting.includes(overflowX) && (box.left < edge.left - 1 || box.right > edge.right + 1)) return true
      if (cutting.includes(overflowY) && (box.top < edge.top - 1 || box.bottom > edge.bottom + 1)) return true
      if (overflowX === "auto" || overflowX === "scroll") return false
    }
    return box.left < -1 || box.right > document.documentElement.clientWidth + 1
  }

  /** By more than the space between two lines. */
  function overlap(one: DOMRect, other: DOMRect): boolean {
    const across = Math.min(one.right, other.right) - Math.max(one.left, other.left)
    const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top)
    return across > 2 && down > 0.3 * Math.min(one.height, other.height)
  }

  /** The target size does not concern a link with words before or after it. */
  function isWithinSentence(target: Element): boolean {
    if (getComputedStyle(target).display !== "inline") return false
    const sentence = target.closest("p, li, dd, dt, strong, h1, h2, h3, div")
    return sentence?.textContent?.trim() !== target.textContent?.trim()
  }

  function nameOf(target: Element): string {
    return `“${(target.getAttribute("aria-label") ?? target.textContent ?? "").trim().slice(0, 40)}”`
  }
}
