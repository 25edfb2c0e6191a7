import type { NextRequest } from "next/server"
import { authHandler } from "@/auth"
import { answerAuthRoute } from "@/lib/sign-in/auth-routes"

function answer(request: NextRequest): Promise<Response> {
  return answerAuthRoute(request, authHandler)
}

export { answer as GET, answer as HEAD, answer as OPTIONS, answer as POST }
