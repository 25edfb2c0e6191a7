export { startOAuth1 as GET } from "@/lib/oauth1/start"

export function HEAD(): Response {
  return new Response(null, { status: 405, headers: { allow: "GET" } })
}
