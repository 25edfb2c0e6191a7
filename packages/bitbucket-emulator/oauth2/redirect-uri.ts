const LOOPBACK_HOSTS = new Set(["127.0.0.1", "localhost", "[::1]"])

/**
 * Whether a client whose callback URL is `registered` may use `requested` as its redirect_uri.
 *
 * BB-A3: the registered URL itself, or a longer path below it. The comparison is made on parsed URLs and on whole path
 * segments, so that `http://localhost:3000` admits neither `http://localhost:30001` nor `http://localhost:3000.evil`.
 * BB-A5: a loopback callback registered without a port admits any port.
 */
export function admitsRedirectUri(registered: string, requested: string): boolean {
  const callback = parseUrl(registered)
  const target = parseUrl(requested)
  if (callback === null || target === null) return false
  if (target.username !== "" || target.password !== "" || requested.includes("#")) return false
  return (
    target.protocol === callback.protocol &&
    target.hostname === callback.hostname &&
    admitsPort(callback, target) &&
    isAtOrBelow(callback.pathname, target.pathname)
  )
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null
}

function admitsPort(callback: URL, target: URL): boolean {
  if (callback.port === "" && LOOPBACK_HOSTS.has(callback.hostname)) return true
  return target.port === callback.port
}

function isAtOrBelow(registeredPath: string, requestedPath: string): boolean {
  const folder = registeredPath.endsWith("/") ? registeredPath : `${registeredPath}/`
  return requestedPath === registeredPath || requestedPath.startsWith(folder)
}
