import { noStore } from "@/lib/no-store"

const refusals: Record<string, { status: number; error: string; headers: Record<string, string> }> = {
  "400": { status: 400, error: "bad_request", headers: { connection: "close" } },
  "405": { status: 405, error: "method_not_allowed", headers: { allow: "GET, HEAD, POST" } },
  "411": { status: 411, error: "length_required", headers: { connection: "close" } },
  "413": { status: 413, error: "request_too_large", headers: { connection: "close" } },
}

/** Where the server leads requests that no page and no route of this app answers to. */
export async function GET(_request: Request, { params }: RouteContext<"/api/refused/[status]">) {
  const refusal = refusals[(await params).status]
  if (!refusal) return new Response(null, { status: 404 })
  const headers = { ...noStore, ...refusal.headers }
  return Response.json({ error: refusal.error }, { status: refusal.status, headers })
}
