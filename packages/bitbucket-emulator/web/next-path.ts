/**
 * Where to go after signing in. Only a path on this origin is followed; everything else leads to the start page,
 * because an open redirect in an emulator would teach people to ignore one.
 */
export function parseNextPath(next: string | null): string {
  if (next === null || !/^\/(?![/\\])/.test(next)) return "/"
  const base = "http://emulator.invalid"
  const url = URL.canParse(next, base) ? new URL(next, base) : null
  return url === null || url.origin !== base ? "/" : `${url.pathname}${url.search}${url.hash}`
}
