import { clientScreen } from "./bitbucket-screens"
import { type Answer, probe } from "./probe"
import { type CheckResult, failed, ok } from "./result"
import { troubleOf } from "./trouble"

const id = "callback.registered"

/** Asks Bitbucket for its sign-in page as a browser would, without anybody's cookie. */
export function tryCallback(
  authorizationEndpoint: string,
  key: string,
  callbackUrl: string,
  fetch: typeof globalThis.fetch,
): Promise<Answer> {
  const url = new URL(authorizationEndpoint)
  url.search = new URLSearchParams({
    client_id: key,
    response_type: "code",
    redirect_uri: callbackUrl,
    state: "setup-check",
  }).toString()
  return probe(() => fetch(url))
}

/**
 * A callback that Bitbucket does not know ends on a page of its own (BB-A6); one that it knows, at its sign-in. That it
 * looks at the callback before it asks people to sign in has not been seen at the real one.
 */
export function readCallbackAnswer(answer: Answer, callbackUrl: string): CheckResult {
  const admitted = ok(id, "Bitbucket raises no objection to the callback URL. Only a sign-in proves it.")
  if (answer.kind === "redirect") return admitted
  const place = { who: "Bitbucket's authorization page", variable: "BITBUCKET_SITE_URL" } as const
  const trouble = troubleOf(id, answer, place)
  if (trouble) return trouble
  const page = answer.kind === "answer" ? answer.body : ""
  const whatToRegister = `Open ${clientScreen}, edit the client and set its callback URL to \`${callbackUrl}\`; or correct AUTH_URL.`
  if (/invalid redirect_uri/i.test(page))
    return failed(
      id,
      "Bitbucket refuses the callback URL: it does not begin with the one that is registered.",
      whatToRegister,
    )
  if (/no callback uri/i.test(page))
    return failed(id, "The OAuth client has no callback URL in Bitbucket.", whatToRegister)
  if (/integration is misconfigured/i.test(page))
    return failed(
      id,
      "Bitbucket refuses the sign-in before anybody is asked; it may not know the key.",
      `Compare AUTH_BITBUCKET_ID with the Key in ${clientScreen}.`,
    )
  return admitted
}
