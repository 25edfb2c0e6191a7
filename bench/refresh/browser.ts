const MOST_HOPS = 15

export type Page = { url: URL; status: number; text: string }

/**
 * As much of a browser as signing in needs: it keeps cookies per host, whatever the port, follows redirects, and fills in
 * Bitbucket's two forms. As in a browser, the last response to arrive decides what a cookie contains.
 */
export function createBrowser(username: string) {
  const jars = new Map<string, Map<string, string>>()

  function cookiesFor({ hostname }: URL): string {
    return [...(jars.get(hostname) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ")
  }

  /** One request, no redirect followed. A form carries Bitbucket's CSRF token if there is one. */
  async function send(url: URL, fields?: Record<string, string>): Promise<Response> {
    const csrfmiddlewaretoken = jars.get(url.hostname)?.get("csrftoken") ?? ""
    const body = fields && new URLSearchParams({ csrfmiddlewaretoken, ...fields })
    return request(url, body && { method: "POST", body })
  }

  /** The requests of a page's script. */
  function sendJson(url: URL, body: unknown): Promise<Response> {
    const headers = { "content-type": "application/json", origin: url.origin }
    return request(url, { method: "POST", headers, body: JSON.stringify(body) })
  }

  async function request(url: URL, init: RequestInit = {}): Promise<Response> {
    const headers = { ...init.headers, cookie: cookiesFor(url) }
    const response = await fetch(url, { ...init, redirect: "manual", headers })
    const jar = jars.get(url.hostname) ?? new Map<string, string>()
    jars.set(url.hostname, jar)
    for (const cookie of response.headers.getSetCookie()) keep(jar, cookie)
    return response
  }

  /** Goes to an address and follows its redirects, through Bitbucket's sign-in and consent pages if necessary. */
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

  /** Deletes the cookies of a host. */
  function forget({ hostname }: URL): void {
    jars.delete(hostname)
  }

  return { cookiesFor, send, sendJson, open, forget }
}

function keep(jar: Map<string, string>, cookie: string): void {
  const [pair = ""] = cookie.split(";")
  const name = pair.slice(0, pair.indexOf("="))
  const isDeleted = /max-age=0|expires=thu, 01 jan 1970/i.test(cookie)
  if (isDeleted) jar.delete(name)
  else jar.set(name, pair.slice(pair.indexOf("=") + 1))
}
