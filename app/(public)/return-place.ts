/** A page's query parameters. They may contain anything. */
export type SearchParams = Promise<Record<string, string | string[] | undefined>>

const names: Record<string, string> = {
  "/": "the start page",
  "/profile": "your profile",
  "/integrations/bitbucket": "your Bitbucket connection",
  "/workspaces": "your workspaces",
  "/sessions": "your sessions",
  "/activity": "your activity",
}

/** Names the page at a path in our own words, because no page shows text from a URL. */
export function nameOfPlace(path: string): string {
  return names[path.split(/[?#]/, 1)[0] ?? ""] ?? "the page you came from"
}
