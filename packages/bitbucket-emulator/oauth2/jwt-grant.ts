import { createHmac, timingSafeEqual } from "node:crypto"
import { z } from "zod"
import type { Bitbucket } from "../bitbucket.ts"
import type { OAuthClient } from "../state.ts"
import { refuse, type TokenReply, tokenResponse } from "./token-reply.ts"
import { createGrant, issueAccessToken } from "./tokens.ts"

export const JWT_GRANT_TYPE = "urn:bitbucket:oauth2:jwt"

const headerSchema = z.object({ alg: z.literal("HS256") })
/** The claims of a Connect app: its key, the installation it acts for, and the expiry. */
const claimsSchema = z.object({ iss: z.string(), sub: z.string(), exp: z.number() })

/**
 * BB-T4: a Connect app exchanges a JWT, signed with the secret of its installation, for an access token. Official as far
 * as `Authorization: JWT …` and the token's meaning; assumed: no refresh token, and every refusal.
 */
export function jwtGrant(bitbucket: Bitbucket, authorization: string | null): TokenReply {
  const jwt = /^JWT +(\S+)$/i.exec(authorization ?? "")?.[1]
  if (jwt === undefined) {
    return refuse("unauthorized_client", "Requests must be authenticated using OAuth client credentials") // BB-E2
  }
  const client = findInstalledApp(bitbucket, jwt)
  if (client === null) return refuse("unauthorized_client", "Invalid OAuth client credentials")
  // Assumed: the app itself, as a member of the workspace that it is installed in.
  const grant = createGrant(bitbucket, {
    clientKey: client.key,
    username: null,
    scopes: client.scopes,
    flow: "client",
  })
  return tokenResponse(bitbucket, {
    grant,
    grantType: JWT_GRANT_TYPE,
    accessToken: issueAccessToken(bitbucket, grant),
  })
}

function findInstalledApp({ state, clock }: Bitbucket, jwt: string): OAuthClient | null {
  const [header, claims, signature, ...rest] = jwt.split(".")
  if (header === undefined || claims === undefined || signature === undefined || rest.length > 0) return null
  if (!headerSchema.safeParse(parsePart(header)).success) return null
  const parsed = claimsSchema.safeParse(parsePart(claims))
  if (!parsed.success || parsed.data.exp * 1000 <= clock.wallNow()) return null
  const { iss, sub } = parsed.data
  const client = [...state.clients.values()].find(
    ({ installation }) => installation?.app_key === iss && installation.client_key === sub,
  )
  if (!client?.installation) return null
  const expected = createHmac("sha256", client.installation.shared_secret)
    .update(`${header}.${claims}`)
    .digest()
  const given = Buffer.from(signature, "base64url")
  return given.length === expected.length && timingSafeEqual(given, expected) ? client : null
}

function parsePart(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"))
  } catch {
    return null
  }
}
