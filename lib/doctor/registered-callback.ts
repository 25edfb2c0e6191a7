import { clientScreen } from "./bitbucket-screens"
import { NO_CALLBACK } from "./client-credentials"
import { type Answer, probe } from "./probe"
import { type CheckResult, failed, ok } from "./result"
import { sitePlace, troubleOf } from "./trouble"

export const KEY_UNKNOWN = "client_key_unknown"

const id = "callback.registered"

/** Asks Bitbucket for its sign-in page as a browser would, without a cookie. */
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
 * A callback that Bitbucket does not know leads to an error page (BB-A6); one that it knows, to its sign-in page. We have
 * not seen on the real Bitbucket that it looks at the callback before it asks people to sign in.
 */
export function readCallbackAnswer(answer: Answer, callbackUrl: string): CheckResult {
  const admitted = ok(id, "Bitbucket raises no objection to the callback URL. Only a sign-in proves it.")
  if (answer.kind === "redirect") return admitted
  const trouble = troubleOf(id, answer, sitePlace)
  if (trouble) return trouble
  const page = answer.kind === "answer" ? answer.body : ""
  const whatToRegister = `open ${clientScreen} and set the callback URL of the client to \`${callbackUrl}\`, or correct AUTH_URL`
  if (/invalid redirect_uri/i.test(page))
    return failed(
      id,
      "callback_refused",
      "Bitbucket refuses the callback URL, which does not begin with the one that is registered",
      whatToRegister,
    )
  if (/no callback uri/i.test(page))
    return failed(id, NO_CALLBACK, "The OAuth client has no callback URL in Bitbucket", whatToRegister)
  if (/integration is misconfigured/i.test(page))
    return failed(
      id,
      KEY_UNKNOWN,
      "Bitbucket does not know the key in AUTH_BITBUCKET_ID",
      `copy the Key again from ${clientScreen}, and the Secret with it`,
    )
  return admitted
}
