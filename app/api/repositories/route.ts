import { BitbucketError } from "auth-bitbucket/client"
import type { NextRequest } from "next/server"
import { failureText } from "@/app/(signed-in)/workspaces/failure-text"
import { parseWorkspaceList } from "@/app/(signed-in)/workspaces/list-address"
import { missingInWords } from "@/app/(signed-in)/workspaces/missing-words"
import { bitbucketFor } from "@/lib/accounts/bitbucket-for"
import { isConnectionError } from "@/lib/accounts/connection-error"
import { hasWorkspaces } from "@/lib/bitbucket/urls"
import { findRepositories } from "@/lib/bitbucket/workspace-lists"
import { failureResponse } from "@/lib/server/failure-response"
import { noStore } from "@/lib/server/response-headers"
import { readSession } from "@/lib/sessions/current-session"
import { refusalOf } from "@/lib/sessions/limited-request"

/**
 * What the repository picker shows for the words typed so far: `{repositories, missing}`, or `{failure}` with a sentence
 * for the user.
 */
export async function GET(request: NextRequest): Promise<Response> {
  const refusal = await refusalOf(request, "page")
  if (refusal) return refusal
  const { search } = parseWorkspaceList(Object.fromEntries(request.nextUrl.searchParams))
  try {
    const { session } = await readSession()
    if (!session) return answer(401, { failure: "You have been signed out. Sign in again to search." })
    if (!hasWorkspaces()) return answer(404, { failure: "This Bitbucket has no workspaces." })
    const found = await findRepositories(bitbucketFor(session.connection, "page:workspaces"), search)
    return answer(200, { repositories: found.repositories, missing: missingInWords(found) })
  } catch (error) {
    if (!(error instanceof BitbucketError) && !isConnectionError(error)) return failureResponse(error)
    if (error.code === "reauthorization_required")
      return answer(401, { failure: "Your connection has ended. Reload this page to renew it." })
    return answer(503, { failure: failureText(error).title })
  }
}

function answer(status: number, body: object): Response {
  return Response.json(body, { status, headers: noStore })
}
