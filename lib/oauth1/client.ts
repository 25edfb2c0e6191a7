import { OAuth1Error } from "./errors"
import { type Consumer, type SignedRequest, signedHeader, type TokenCredentials } from "./signed-header"

export type OAuth1Endpoints = { requestToken: string; authenticate: string; accessToken: string }

type Dependencies = Consumer & {
  endpoints: OAuth1Endpoints
  /** Must answer or reject within a bounded time and size. */
  fetch: typeof fetch
  now?: () => number
  /** The known difference to the server's clock. May be shared with other clients of the same server. */
  skew?: { ms: number }
}

/** Servers accept a timestamp within five minutes; a clock that is off by less than this is not to blame. */
const TOLERATED_SKEW_MS = 60_000
/** Bitbucket's tokens have 18 characters and its secrets 32, so we accept nothing much longer. */
const LONGEST_CREDENTIAL = 2_048

/** Creates the client of RFC 5849 §2, which obtains credentials and signs with them. */
export function createOAuth1Client(dependencies: Dependencies) {
  const { endpoints, fetch, now = Date.now, skew = { ms: 0 }, ...consumer } = dependencies
  const world = { now: () => now() + skew.ms }

  /**
   * Sends a signed POST. If it is refused and the server's clock differs, it sends it once more by the server's clock
   * (RFC 5849 §3.3 asks for nothing but that both agree).
   */
  async function post(url: string, request: Omit<SignedRequest, "method" | "url">): Promise<URLSearchParams> {
    const send = async () => {
      const authorization = signedHeader(consumer, { ...request, method: "POST", url }, world)
      const headers = { authorization, accept: "application/x-www-form-urlencoded" }
      return fetch(url, { method: "POST", headers }).catch((cause: unknown) => {
        throw new OAuth1Error("unavailable", { cause })
      })
    }
    let response = await send()
    const serverSkewMs = skewOf(response)
    if (isRefusal(response) && Math.abs(serverSkewMs - skew.ms) > TOLERATED_SKEW_MS) {
      skew.ms = serverSkewMs
      response = await send()
    }
    return readForm(response)
  }

  function skewOf(response: Response): number {
    const serverNow = Date.parse(response.headers.get("date") ?? "")
    return Number.isNaN(serverNow) ? skew.ms : serverNow - now()
  }

  return {
    /**
     * Temporary credentials, RFC 5849 §2.1.
     *
     * @param callback where the person comes back to, or `oob` where they carry the verifier over themselves
     * @throws OAuth1Error
     */
    async obtainRequestToken(callback: string): Promise<TokenCredentials> {
      const form = await post(endpoints.requestToken, { parameters: { oauth_callback: callback } })
      if (form.get("oauth_callback_confirmed") !== "true") throw new OAuth1Error("not_confirmed")
      return readCredentials(form)
    },

    /** Where the user approves or denies, RFC 5849 §2.2. */
    authenticateUrl(requestToken: string): string {
      const url = new URL(endpoints.authenticate)
      url.searchParams.set("oauth_token", requestToken)
      return url.href
    },

    /** Token credentials, RFC 5849 §2.3. @throws OAuth1Error */
    async obtainAccessToken(requestToken: TokenCredentials, verifier: string): Promise<TokenCredentials> {
      return readCredentials(
        await post(endpoints.accessToken, {
          credentials: requestToken,
          parameters: { oauth_verifier: verifier },
        }),
      )
    },

    /** The Authorization header of a call; with two legs if there are no credentials. */
    sign(request: SignedRequest): string {
      return signedHeader(consumer, request, world)
    },
  }
}

export type OAuth1Client = ReturnType<typeof createOAuth1Client>

function isRefusal({ status }: Response): boolean {
  return status === 400 || status === 401 || status === 403
}

/** Ignores the content type: servers have called this form text/html and text/plain. */
async function readForm(response: Response): Promise<URLSearchParams> {
  const { status } = response
  if (status >= 500 || status === 408 || status === 429) throw new OAuth1Error("unavailable", { status })
  if (status !== 200) throw new OAuth1Error("refused", { status })
  return new URLSearchParams(await response.text())
}

function readCredentials(form: URLSearchParams): TokenCredentials {
  const [token, secret] = ["oauth_token", "oauth_token_secret"].map((name) => {
    const [value, ...others] = form.getAll(name)
    return others.length === 0 ? value : undefined
  })
  // An empty secret is valid (§3.4.2), and an RSA server may give one; an empty token is not.
  if (
    !token ||
    secret === undefined ||
    token.length > LONGEST_CREDENTIAL ||
    secret.length > LONGEST_CREDENTIAL
  )
    throw new OAuth1Error("unexpected_answer")
  return { token, secret }
}
