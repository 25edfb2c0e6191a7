/**
 * Moves an answer of the site below a base path. Pages and redirects are written for the root of an origin, so this is the
 * one place that knows of another: root-relative links, forms and pictures, the target of a redirect, and the path of
 * cookies.
 *
 * @param basePath such as `/bitbucket`; if it is empty, the response is returned unchanged
 */
export async function belowBasePath(response: Response, basePath: string): Promise<Response> {
  if (basePath === "") return response
  const headers = new Headers(response.headers)
  const location = headers.get("Location")
  if (location !== null) headers.set("Location", location.replace(/^\/(?!\/)/, `${basePath}/`))
  headers.delete("Set-Cookie")
  for (const cookie of response.headers.getSetCookie())
    headers.append("Set-Cookie", cookie.replace(/; Path=\/(?=;|$)/, `; Path=${basePath}`))
  const isPage = headers.get("Content-Type")?.startsWith("text/html") === true
  // Text in a page cannot look like an attribute: its quotation marks are escaped.
  const body = isPage
    ? (await response.text()).replaceAll(/ (href|action|src)="\/(?!\/)/g, ` $1="${basePath}/`)
    : response.body
  return new Response(body, { status: response.status, headers })
}
