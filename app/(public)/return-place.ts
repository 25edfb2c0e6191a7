/** A page's query. Anyone can write anything into it. */
export type SearchParams = Promise<Record<string, string | string[] | undefined>>

const names: Record<string, string> = {
  "/": "the start page",
  "/profile": "your profile",
  "/integrations/bitbucket": "your Bitbucket connection",
  "/workspaces": "your workspaces",
  "/sessions": "your sessions",
  "/activity": "your activity",
}

/** Describes a place in our own words: a page never shows text from an address. */
export function nameOfPlace(path: string): string {
  return names[path.split(/[?#]/, 1)[0] ?? ""] ?? "the page you came from"
}
