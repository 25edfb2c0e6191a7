import type { NextRequest } from "next/server"
import { failureResponse } from "@/lib/server/failure-response"
import { noStore } from "@/lib/server/response-headers"
import { getSession, type Session } from "@/lib/sessions/current-session"
import { refusalOf } from "@/lib/sessions/limited-request"

/**
 * The session as `useSession` of next-auth reads it. It stands before the route of Auth.js, which would take
 * the cookie's word for it and write the cookie anew on every read.
 */
export async function GET(request: NextRequest): Promise<Response> {
  const refusal = await refusalOf(request, "session")
  if (refusal) return refusal
  let session: Session | null
  try {
    session = await getSession()
  } catch (error) {
    return failureResponse(error)
  }
  const { account } = session?.connection.profile ?? {}
  return Response.json(
    session && {
      user: { name: account?.displayName ?? account?.nickname ?? null, image: account?.avatarUrl ?? null },
      expires: session.expiresAt.toISOString(),
    },
    { headers: noStore },
  )
}
