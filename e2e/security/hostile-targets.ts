import { existsSync, readFileSync } from "node:fs"
import path from "node:path"

/** Another host than the app's, by every spelling that this suite knows. It never resolves. */
export const EVIL = "evil.example"

/**
 * Values that somebody would put where an app reads the page to go back to, each a way in which a filter and a
 * browser read the same text differently.
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

const vectors = path.resolve(import.meta.dirname, "../../../shared/vectors")

/** Redirect values out of other projects' public test suites, as they are and decoded once; none where not at hand. */
function publicTargets(): string[] {
  if (!existsSync(vectors)) return []
  const read = (file: string) => readFileSync(path.join(vectors, file), "utf8")
  const lists = ["oauth2-proxy.openredirects.txt", "pomerium.redirect-denied.txt"].flatMap((file) =>
    read(file).split(/\r?\n/),
  )
  const tables = [
    "oauth2-proxy.validator-table",
    "auth0-nextjs.open-redirect-payloads",
    "keycloak.redirect-utils",
    "dex.valid-redirect-uri",
    "kratos.secure-redirect",
    "authkit.hostile-return-pathnames",
    "wpt.urltestdata",
  ].flatMap((file) => stringsIn(JSON.parse(read(`${file}.json`))))
  return [...lists, ...tables].flatMap((value) => [value, decodedOnce(value)])
}

/** @returns the suite's own targets, with the public ones where they are at hand, each once */
export function allTargets(appUrl: string): { targets: string[]; described: string } {
  const [own, others] = [hostileTargets(appUrl), publicTargets()]
  const targets = [...new Set([...own, ...others])]
  const described = others.length
    ? `${targets.length} values, ${own.length} of them our own`
    : `our own ${targets.length} values: no public vectors beside the project`
  return { targets, described }
}

/** Every text in a table but the names of its members; of the URL standard's own tests only the inputs. */
function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value]
  if (typeof value !== "object" || value === null) return []
  if ("input" in value && "base" in value) return stringsIn(value.input)
  return Object.values(value).flatMap(stringsIn)
}

function decodedOnce(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
