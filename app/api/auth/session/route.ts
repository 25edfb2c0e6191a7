import type { NextRequest } from "next/server"
import { failureResponse } from "@/lib/failure-response"
import { refusalOf } from "@/lib/limits/limited-request"
import { noStore } from "@/lib/no-store"
import { getSession, type Session } from "@/lib/sessions/current-session"

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
