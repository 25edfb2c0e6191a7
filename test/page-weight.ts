import { readFile, stat } from "node:fs/promises"
import path from "node:path"
import { gzipSync } from "node:zlib"

/** What a browser fetches for one page, in bytes. */
export type PageWeight = {
  html: number
  htmlGzip: number
  rsc: number
  rscGzip: number
  /** All scripts that the page names, but those for browsers without modules. */
  scriptsGzip: number
  scripts: string[]
  cookies: number
}

/** Fetches a page, its navigation payload and its scripts, as a browser with this `Cookie` header. */
export async function weighPage(url: URL, cookie: string): Promise<PageWeight> {
  const headers = { cookie, "accept-encoding": "identity" }
  const html = await (await fetch(url, { headers })).text()
  const rsc = await (await fetch(url, { headers: { ...headers, rsc: "1" } })).text()
  const scripts = scriptsOf(html)
  const bodies = scripts.map(async (script) => (await fetch(new URL(script, url))).arrayBuffer())
  return {
    html: Buffer.byteLength(html),
    htmlGzip: gzipSync(html).byteLength,
    rsc: Buffer.byteLength(rsc),
    rscGzip: gzipSync(rsc).byteLength,
    scriptsGzip: (await Promise.all(bodies)).reduce(
      (sum, body) => sum + gzipSync(Buffer.from(body)).byteLength,
      0,
    ),
    scripts,
    cookies: Buffer.byteLength(cookie),
  }
}

function scriptsOf(html: string): string[] {
  const ofOldBrowsers = new Set(
    [...html.matchAll(/<script[^>]*nomodule[^>]*>/gi)].flatMap(
      ([tag]) => tag.match(/static\/[^"'\\]+\.js/g) ?? [],
    ),
  )
  const named = html.match(/static\/chunks\/[^"'\\?]+\.js/g) ?? []
  return [...new Set(named)].filter((name) => !ofOldBrowsers.has(name)).map((name) => `/_next/${name}`)
}

/**
 * What a deployment packs into a function: the files that Next traced for it.
 *
 * @param file of the build, with its path from the root of the repository
 * @returns bytes
 */
export async function tracedBytes(file: string): Promise<number> {
  const trace = `${file}.nft.json`
  const { files } = JSON.parse(await readFile(trace, "utf8")) as { files: string[] }
  const sizes = files.map(async (one) => (await stat(path.resolve(path.dirname(trace), one))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
