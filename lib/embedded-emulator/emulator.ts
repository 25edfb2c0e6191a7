import "server-only"
import { createRouteHandler, postgresState } from "bitbucket-emulator/next"
import { z } from "zod"
import { pool } from "@/lib/db/client"
import { databaseSchema, environment, parseVariables } from "@/lib/env"
import { secret } from "@/lib/env/values"
import { processWide } from "@/lib/server/process-wide"
import { nonceOf } from "@/lib/server/response-headers"
import { EMULATOR_PATH } from "./environment"

/** The emulated Bitbucket of this deployment, as its route and its own calls ask it. */
export function emulator(): (request: Request) => Promise<Response> {
  return processWide("embedded-emulator", () => {
    const { AUTH_URL = "" } = environment()
    return createRouteHandler({
      baseUrl: `${AUTH_URL}${EMULATOR_PATH}`,
      callbackUrl: AUTH_URL,
      state: postgresState(pool().query, `"${databaseSchema()}".bitbucket_emulator`),
      controlToken: emulatorControlToken(),
      styleNonceOf: ({ headers }) => nonceOf(headers.get("content-security-policy")),
    })
  })
}

/** What the emulator's control API asks for; undefined if it is off. @throws EnvironmentError */
export function emulatorControlToken(): string | undefined {
  return parseVariables(z.object({ EMULATOR_CONTROL_TOKEN: secret(16).optional() })).EMULATOR_CONTROL_TOKEN
}
