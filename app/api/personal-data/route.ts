import type { NextRequest } from "next/server"
import { activities } from "@/lib/accounts/activity"
import { db } from "@/lib/db/client"
import { isSameOrigin } from "@/lib/server/app-origin"
import { failureResponse } from "@/lib/server/failure-response"
import { noStore } from "@/lib/server/response-headers"
import { readSession } from "@/lib/sessions/current-session"
import { refusalOf } from "@/lib/sessions/limited-request"
import { createPersonalData } from "@/lib/sessions/personal-data"

/** Gives the signed-in user everything that the app keeps about them, as one JSON file; never a token. */
export async function POST(request: NextRequest): Promise<Response> {
  if (!isSameOrigin(request)) return refuse(403, "cross_site_request")
  const refusal = await refusalOf(request, "action")
  if (refusal) return refusal
  try {
    const { session } = await readSession()
    if (!session) return refuse(401, "reauthorization_required")
    const { account } = session.connection
    await activities().record(account, "data_exported")
    const data = await createPersonalData(db()).collect(account)
    return new Response(JSON.stringify(data, null, 2), {
      headers: {
        ...noStore,
        "content-type": "application/json",
        "content-disposition": 'attachment; filename="my-data.json"',
      },
    })
  } catch (error) {
    return failureResponse(error)
  }
}

function refuse(status: number, error: string): Response {
  return Response.json({ error }, { status, headers: noStore })
}
