import type { Route } from "next"
import type { RequestSigner } from "@/lib/bitbucket/client"
import { processWide } from "@/lib/server/process-wide"

/** Signing in with an older protocol, as an alternative to OAuth 2.0. It registers itself; no other code depends on it. */
export type LegacySignIn = {
  /** Where its button leads. */
  path: Route
  /** Signs the calls of a connection that it made. */
  signerOf: (credentials: { token: string; secret: string }) => RequestSigner
}

const registered = () => processWide<{ legacy?: LegacySignIn }>("legacy-sign-in", () => ({}))

/** Called once, when a server starts. @public */
export function registerLegacySignIn(legacy: LegacySignIn): void {
  registered().legacy = legacy
}

/** @returns undefined if this deployment has none */
export function legacySignIn(): LegacySignIn | undefined {
  return registered().legacy
}
