/** Another host than the app's, by every spelling that this suite knows. It never resolves. */
export const EVIL = "evil.example"

/**
 * Values that an attacker would give as the page to go back to. A filter and a browser read each of them differently.
 *
 * @param appUrl the origin that they try to be mistaken for
 */
export function hostileTargets(appUrl: string): string[] {
  const { host, hostname, port } = new URL(appUrl)
  const [tab, feed, carriage, vertical, nul] = ["\t", "\n", "\r", "\v", "\0"]
  const slashes = ["//", "///", "////", "/\\", "\\/", "\\\\", "/\\/", "//\\", "\\\\\\", "/\\\\", "//\\/"]
  const withinSlashes = [
    tab,
    feed,
    carriage,
    vertical,
    nul,
    " ",
    "%09",
    "%0a",
    "%0d",
    "%00",
    "%20",
    "\u00a0",
    ";@",
  ]
  const dots = ["/..", "/.", "/./", "/x/..", "/x/../..", "/%2e", "/%2e%2e", "/.;", "/..;"]
  const schemes = [
    "https",
    "http",
    "HTTPS",
    "hTtP",
    "ftp",
    "ws",
    `ht${feed}tps`,
    `${tab}https`,
    "\u0001https",
  ]
  const scripts = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    `java${tab}script:alert(1)`,
    `java${feed}script:alert(1)`,
  ]
  return [
    ...slashes.map((start) => start + EVIL),
    ...slashes.map((start) => `${start}${host}@${EVIL}`),
    ...withinSlashes.flatMap((inside) => [`/${inside}/${EVIL}`, `${inside}//${EVIL}`, `/${inside}${EVIL}`]),
    ...dots.flatMap((start) => [`${start}//${EVIL}`, `${start}/\\${EVIL}`, `${start}/${tab}/${EVIL}`]),
    ...schemes.flatMap((scheme) => [
      `${scheme}:${EVIL}`,
      `${scheme}:/${EVIL}`,
      `${scheme}://${EVIL}`,
      `${scheme}:\\\\${EVIL}`,
    ]),
    ...schemes.map((scheme) => `${scheme}:///${EVIL}`),
    ...["%2f%2f", "/%2f", "%2f/", "/%5c", "%5c%5c", "/%252f%252f", "%252f%252f", "/%2f%2f", "%68ttps://"].map(
      (start) => start + EVIL,
    ),
    ...scripts,
    "\u0001javascript:alert(1)",
    " javascript:alert(1)",
    "javascript://%0aalert(1)",
    `javascript://${host}/%0aalert(1)`,
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    `blob:${appUrl}/b3c0`,
    "file:///etc/passwd",
    "about:blank",
    "view-source:https://evil.example",
    `${appUrl}@${EVIL}`,
    `${appUrl}:password@${EVIL}`,
    `${appUrl}%40${EVIL}`,
    `${appUrl}.${EVIL}`,
    `${appUrl}${EVIL}`,
    `${appUrl}\\@${EVIL}`,
    `${appUrl}//${EVIL}`,
    `${appUrl}/\\${EVIL}`,
    `${appUrl}/${tab}/${EVIL}`,
    `${appUrl}/.//${EVIL}`,
    `${appUrl}/x/..//${EVIL}`,
    `${appUrl}/%2f${EVIL}/../..//${EVIL}`,
    `http://${hostname}.:${port}/`,
    `http://${hostname}:${Number(port) + 1}/`,
    `https://${host}/`,
    `http://person:password@${host}/`,
    `http://person@${host}/profile`,
    `https://${EVIL}\\@${host}`,
    `https://${EVIL}#@${host}`,
    `https://${EVIL}?@${host}`,
    `https://${EVIL}/${host}`,
    `https://${EVIL}%00.${hostname}`,
    `//${EVIL}%00.${host}`,
    `//${host}.${EVIL}`,
    `//${host}@${EVIL}`,
    `//${EVIL}:80@${host}@${EVIL}`,
    "//3627734734",
    "//0x7f.1",
    "//[::1]",
    "//[::ffff:7f00:1]/",
    "//2130706433/",
    `https://${EVIL.replaceAll(".", "\u3002")}`,
    `//${EVIL.replaceAll(".", "\uff0e")}`,
    `\uff0f\uff0f${EVIL}`,
    `/\uff0f${EVIL}`,
    `/\u3031${EVIL}`,
    `/\u2215${EVIL}`,
    "https://\u24d4\u24e5\u24d8\u24db.example",
    "https://\u0435vil.example",
    `/;@${EVIL}`,
    `.${EVIL}`,
    `@${EVIL}`,
    `:@${EVIL}`,
    `?//${EVIL}`,
    `#//${EVIL}`,
    `\\${EVIL}`,
    `/x%0d%0aLocation:%20https://${EVIL}`,
    `/x\r\nLocation: https://${EVIL}`,
    "/x%E5%98%8A%E5%98%8DLocation:evil",
    `/<script>alert(1)</script>`,
    `/"onmouseover="alert(1)`,
    "",
    " ",
    "/",
    "//",
    "///",
    "\\",
    "http://",
    "https://",
    "https://%",
    "https://[",
    "http:",
    "foo",
    "%00",
    "%",
    "%E0%A4%A",
    "\ud800",
    `/\udfff//${EVIL}`,
    "null",
    "undefined",
    "[object Object]",
    "__proto__",
  ]
}

/**
 * Every way to begin an address that this suite knows, crossed with every way to name a host: those that a filter of
 * single texts does not know, each as it is and encoded once.
 */
export function crossedTargets(appUrl: string): string[] {
  const { host } = new URL(appUrl)
  const separators = ["/", "\\", "%2f", "%5c", "\t", "\r\n", "\u00a0", ".", "..", "%00", ";", "https:"]
  const starts = separators.flatMap((first) =>
    separators.flatMap((second) => ["", "/", "\\"].map((third) => first + second + third)),
  )
  const hosts = [EVIL, `${host}@${EVIL}`, `${EVIL}%2f@${host}`, `${EVIL}\\.${host}`]
  const crossed = starts.flatMap((start) => hosts.map((name) => start + name))
  return [...new Set([...crossed, ...crossed.map((value) => encodeURIComponent(value))])]
}

/** @returns `hostileTargets` and `crossedTargets`, each once */
export function allTargets(appUrl: string): string[] {
  return [...new Set([...hostileTargets(appUrl), ...crossedTargets(appUrl)])]
}
