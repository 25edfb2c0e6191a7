import { createHash } from "node:crypto"

/** The style of the pages in `refusals.ts`. */
export const REFUSAL_STYLE = `
:root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif }
main { max-width: 32rem; margin: 4rem auto; padding: 0 1rem }
`

const hash = createHash("sha256").update(REFUSAL_STYLE).digest("base64")

/**
 * The Content Security Policy of all responses but the app's pages: they load and run nothing, and have no style but this one.
 * For routes, next.config.ts sets it, and Next then ignores the policy that a route itself sets.
 */
export const REFUSAL_POLICY = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
