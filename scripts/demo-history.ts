/** The browsers that the demo's user has already signed in with. */
const userAgents = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile/15E148 Safari/604.1",
]

/**
 * Signs a user in with two browsers, over HTTP and through every redirect, so that the demo's pages have something to
 * show. Afterwards Bitbucket forgets the consent, so that it asks at the first sign-in.
 *
 * @param appUrl origin of the app
 * @param siteUrl origin of the emulator's site
 * @param username of a person of the emulator whose password is the same
 * @throws Error if a response is not as expected
 */
export async function makeHistory(appUrl: string, siteUrl: string, username: string): Promise<void> {
  for (const userAgent of userAgents) await signIn(appUrl, username, userAgent)
  const forgotten = await fetch(`${siteUrl}/_control/grants/revoke`, {
    method: "POST",
    headers: { "x-emulator-control": "1", "content-type": "application/json" },
    body: JSON.stringify({ username }),
  })
  if (!forgotten.ok) throw new Error(`The emulator did not forget the consent: ${forgotten.status}`)
}

async function signIn(appUrl: string, username: string, userAgent: string): Promise<void> {
  const jars = new Map<string, Map<string, string>>()
  const send = async (url: URL, form?: URLSearchParams): Promise<Response> => {
    const jar = jars.get(url.host) ?? new Map()
    jars.set(url.host, jar)
    const response = await fetch(url, {
      redirect: "manual",
      headers: {
        "user-agent": userAgent,
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(form && { referer: url.href, origin: url.origin }),
      },
      ...(form && { method: "POST", body: form }),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (name) jar.set(name, value)
    }
    return response
  }
  let url = new URL("/oauth/bitbucket/authorize?next=/profile", appUrl)
  let response = await send(url)
  // The app, Bitbucket's sign-in and consent, each with a form and a redirect, and the callback.
  for (let hops = 0; hops < 10; hops++) {
    const location = response.headers.get("location")
    if (location === null) response = await send(url, fieldsOf(url, await response.text(), username))
    else {
      url = new URL(location, url)
      if (url.href === `${appUrl}/profile`) return
      response = await send(url)
    }
  }
  throw new Error(`Signing in ended at ${url.origin}${url.pathname} with ${response.status}.`)
}

/** What a user sends with Bitbucket's sign-in or consent form. */
function fieldsOf(url: URL, html: string, username: string): URLSearchParams {
  // The URL already has the consent form's other fields.
  const hidden = [
    ...html.matchAll(/<input type="hidden" name="(csrfmiddlewaretoken|next)" value="([^"]*)">/g),
  ]
  const fields = new URLSearchParams(
    hidden.map(([, name = "", value = ""]) => [name, value.replaceAll("&amp;", "&")]),
  )
  if (url.pathname.startsWith("/account/signin")) {
    fields.set("username", username)
    fields.set("password", username)
  } else fields.set("action", "approve")
  return fields
}
