import { headers } from "next/headers"
import { parseReturnPath } from "@/lib/return-path"
import { appOrigin } from "@/lib/server/app-origin"

/** A page's query. Anybody can write anything into it. */
export type SearchParams = Promise<Record<string, string | string[] | undefined>>

/** Where the person goes afterwards: `next`, or what Auth.js calls `callbackUrl` when it sends people here itself. */
export async function readReturnPath(searchParams: SearchParams): Promise<string> {
  const { next, callbackUrl } = await searchParams
  const requestHeaders = await headers()
  const request = new Request(`http://${requestHeaders.get("host")}`, { headers: requestHeaders })
  return parseReturnPath(next ?? callbackUrl, appOrigin(request))
}

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
