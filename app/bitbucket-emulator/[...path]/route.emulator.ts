import type { NextRequest } from "next/server"
import { emulator } from "@/lib/embedded-emulator/emulator"
import { refusalOf } from "@/lib/sessions/limited-request"

/** An emulated Bitbucket, in builds with EMBEDDED_EMULATOR=1 only: docs/decisions/031-an-emulator-inside-a-build.md. */
async function answer(request: NextRequest): Promise<Response> {
  const refusal = await refusalOf(request, "page")
  if (refusal) return refusal
  return emulator()(request)
}

export { answer as GET, answer as POST, answer as PUT }
