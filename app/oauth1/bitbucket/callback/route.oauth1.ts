export { finishOAuth1 as GET } from "@/lib/oauth1/callback"

/** Without this, Next would answer HEAD by running GET, and a link checker would use up the verifier. */
export function HEAD(): Response {
  return new Response(null, { status: 405, headers: { allow: "GET" } })
}
