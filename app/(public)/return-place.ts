/** A page's query. Anybody can write anything into it. */
export type SearchParams = Promise<Record<string, string | string[] | undefined>>

const names: Record<string, string> = {
  "/": "the start page",
  "/profile": "your profile",
  "/integrations/bitbucket": "your Bitbucket connection",
  "/workspaces": "your workspaces",
  "/sessions": "your sessions",
  "/activity": "your activity",
}

/** A place in words. The words are ours: what an address says is never put on a page. */
export function nameOfPlace(path: string): string {
  return names[path.split(/[?#]/, 1)[0] ?? ""] ?? "the page you came from"
}
