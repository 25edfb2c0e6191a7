import { readFileSync } from "node:fs"
import { expect, test } from "./fixtures"
import { send } from "./security/http"

const files: Record<string, string> = {
  "/logo.svg": "image/svg+xml",
  "/opengraph.png": "image/png",
  "/apple-touch-icon.png": "image/png",
  "/icon-192.png": "image/png",
  "/icon-512.png": "image/png",
  "/manifest.webmanifest": "application/manifest+json",
}

for (const [path, type] of Object.entries(files))
  test(`${path} is served unchanged, may be cached for long, and costs the app no work`, async ({
    appUrl,
  }) => {
    const { status, headers, setCookies } = await send(appUrl, path)
    expect(status).toBe(200)
    expect(headers["content-type"]).toContain(type)
    expect(headers["cache-control"]).toBe("public, max-age=2592000")
    expect(headers["content-security-policy"]).not.toContain("nonce")
    expect(setCookies).toEqual([])
  })

test("the landing page names the picture, the icons and the manifest, at the app's own URL", async ({
  page,
  appUrl,
}) => {
  await page.goto(appUrl)
  const content = (selector: string, attribute: string) => page.locator(selector).getAttribute(attribute)
  expect(await content('meta[property="og:image"]', "content")).toBe(`${appUrl}/opengraph.png`)
  expect(await content('meta[property="og:title"]', "content")).toBe("Sign in with Bitbucket")
  expect(await content('link[rel="apple-touch-icon"]', "href")).toContain("/apple-touch-icon.png")
  expect(await content('link[rel="icon"][type="image/svg+xml"]', "href")).toContain("/icon.svg")
  expect(await content('link[rel="manifest"]', "href")).toBe("/manifest.webmanifest")
})

test("the manifest names existing icons, in their real sizes", async ({ appUrl }) => {
  const { icons } = JSON.parse((await send(appUrl, "/manifest.webmanifest")).text)
  for (const { src, sizes, type } of icons) {
    const file = readFileSync(`public${src}`)
    if (type !== "image/png") continue
    expect(`${file.readUInt32BE(16)}x${file.readUInt32BE(20)}`, src).toBe(sizes)
  }
})
