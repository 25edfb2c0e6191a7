const MOST_HOPS = 15

export type Page = { url: URL; status: number; text: string }

/**
 * As much of a browser as signing in takes: it keeps cookies per origin, follows redirects, and fills in
 * Bitbucket's two forms. As in a browser, the answer that arrives last decides what a cookie holds.
 */
export function createBrowser(username: string) {
  const jars = new Map<string, Map<string, string>>()

  function cookiesFor({ origin }: URL): string {
    return [...(jars.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ")
  }

  /** One request, no redirect followed. A form carries Bitbucket's CSRF token where there is one. */
  async function send(url: URL, fields?: Record<string, string>): Promise<Response> {
    const csrfmiddlewaretoken = jars.get(url.origin)?.get("csrftoken") ?? ""
    const response = await fetch(url, {
      redirect: "manual",
      headers: { cookie: cookiesFor(url) },
      ...(fields && { method: "POST", body: new URLSearchParams({ csrfmiddlewaretoken, ...fields }) }),
    })
    const jar = jars.get(url.origin) ?? new Map<string, string>()
    jars.set(url.origin, jar)
    for (const cookie of response.headers.getSetCookie()) keep(jar, cookie)
    return response
  }

  /** Goes to an address and wherever it leads, by way of Bitbucket's sign-in and consent pages if need be. */
  async function open(address: URL, fields?: Record<string, string>): Promise<Page> {
    let url = address
    let response = await send(url, fields)
    for (let hop = 0; hop < MOST_HOPS; hop++) {
      const location = response.headers.get("location")
      const text = await response.text()
      if (location) {
        url = new URL(location, url)
        response = await send(url)
      } else if (url.pathname === "/account/signin/") {
        const next = url.searchParams.get("next") ?? "/"
        response = await send(url, { next, username, password: username })
      } else if (url.pathname === "/site/oauth2/authorize") {
        response = await send(url, { action: "approve" })
      } else return { url, status: response.status, text }
    }
    throw new Error(`${address} leads in a circle`)
  }

  return { cookiesFor, send, open }
}

function keep(jar: Map<string, string>, cookie: string): void {
  const [pair = ""] = cookie.split(";")
  const name = pair.slice(0, pair.indexOf("="))
  const isDeleted = /max-age=0|expires=thu, 01 jan 1970/i.test(cookie)
  if (isDeleted) jar.delete(name)
  else jar.set(name, pair.slice(pair.indexOf("=") + 1))
}
