/** Most specific first: nearly every browser also names its ancestors. */
const browsers: [RegExp, string][] = [
  [/\bEdgA?\/|\bEdgiOS\//, "Edge"],
  [/\bOPR\/|\bOpera/, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\bChrome\/|\bHeadlessChrome\/|\bCriOS\//, "Chrome"],
  [/\bSafari\//, "Safari"],
  [/^curl\//, "curl"],
]

const systems: [RegExp, string][] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
]

/**
 * Describes a browser in words that its owner recognizes: "Firefox on Windows". It names no version, since people do not know
 * theirs. We match what a browser says about itself, but never repeat it.
 *
 * @returns null for an unknown browser
 */
export function describeBrowser(userAgent: string | null): string | null {
  const find = (names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(userAgent ?? ""))?.[1]
  const browser = find(browsers)
  const system = find(systems)
  if (!browser) return system ? `A browser on ${system}` : null
  return system ? `${browser} on ${system}` : browser
}

export type Device = "phone" | "tablet" | "computer" | "terminal" | "unknown"

const devices: [RegExp, Device][] = [
  [/\biPad\b|\bAndroid\b(?!.*\bMobile\b)/, "tablet"],
  [/\biPhone\b|\bAndroid\b/, "phone"],
  [/\bWindows\b|\bMacintosh\b|\bMac OS X\b|\bCrOS\b|\bLinux\b/, "computer"],
  [/^curl\//, "terminal"],
]

/** What a browser runs on, for the icon next to its name. */
export function deviceOf(userAgent: string | null): Device {
  return devices.find(([pattern]) => pattern.test(userAgent ?? ""))?.[1] ?? "unknown"
}
