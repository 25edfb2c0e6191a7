/**
 * Which browsers a person signed out, in words.
 *
 * @param detail of a `session_ended` entry: a browser's name, or how many there were; older rows may have neither
 */
export function signedOutBrowsers(detail: string | null): string {
  if (detail === "1") return "one browser"
  return detail !== null && /^\d+$/.test(detail) ? `${detail} browsers` : (detail ?? "your other browsers")
}
