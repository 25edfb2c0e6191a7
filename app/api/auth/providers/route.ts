import type { NextRequest } from "next/server"
import { handlers } from "@/auth"
import { handleAuthRoute } from "@/lib/sign-in/auth-route"

export function GET(request: NextRequest): Promise<Response> {
  return handleAuthRoute(request, handlers.GET)
}
