import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import { type CDPSession, expect, type Page, test } from "@playwright/test"
import { layoutFaults } from "./layout-faults"
import { accessibilityFaults, type Look, wear } from "./looks"

/*
 * Pictures of the styleguide, compared with those in e2e/styleguide: `--update-snapshots` takes them again. So that they
 * are the same on every machine, they have no letters but a box for each (boxes.ttf), and each of their pixels is the mean
 * of 4 by 4 on the screen: browsers differ in how they draw an edge.
 */
const SHRUNK_TO = 1 / 4

const looks: (Look & { picture: string })[] = [
  { picture: "light.png", name: "in light", width: 1024 },
  { picture: "dark.png", name: "in dark", width: 1024, media: { colorScheme: "dark" } },
  {
    picture: "forced-colours.png",
    name: "in forced colours",
    width: 1024,
    media: { forcedColors: "active" },
  },
  { picture: "right-to-left.png", name: "from right to left", width: 1024, direction: "rtl" },
  { picture: "large-text.png", name: "with large text", width: 1024, textSize: "200%" },
  { picture: "phone.png", name: "on a phone", width: 320 },
]

/** Two versions of Chromium and two ways of drawing letters differ in none. */
const tolerance = { threshold: 0.1, maxDiffPixels: 10 }

test("the components look as in their pictures, and are readable and usable", async ({ page }) => {
  const browser = await openStyleguide(page)
  for (const look of looks) {
    await wear(page, browser, look)
    expect(await page.evaluate(layoutFaults), look.name).toEqual([])
    if (look.media || look.name === "in light") expect(await accessibilityFaults(page), look.name).toEqual([])
    expect(await pictureOf(page)).toMatchSnapshot(look.picture, tolerance)
  }
})

const mistakes = {
  "a missing button": ".button.critical { visibility: hidden }",
  "another colour of a badge": ".badge[data-tone=positive] { color: var(--color-critical) }",
  "a button that lost its colour": ".primary { background: var(--color-surface) }",
  "rows closer to each other": ".facts > div { padding-block: 0.5rem }",
  "a card that overflows": ".card { width: 105% }",
  "a heading of another size": ".card > header > h2 { font-size: 1.25rem }",
  "a lost focus ring": ":focus-visible { outline: none !important }",
}

test("a mistake in the style sheet makes the picture differ", async ({ page }) => {
  const browser = await openStyleguide(page)
  await wear(page, browser, { name: "in light", width: 1024 })
  for (const [what, css] of Object.entries(mistakes)) {
    const mistake = await page.addStyleTag({ content: css })
    expect(await pictureOf(page), what).not.toMatchSnapshot("light.png", tolerance)
    await mistake.evaluate((element) => (element as Element).remove())
  }
  expect(await pictureOf(page), "without a mistake").toMatchSnapshot("light.png", tolerance)
})

test("a build for production has no styleguide", () => {
  const pages = Object.keys(JSON.parse(readFileSync(".next/server/app-paths-manifest.json", "utf8")))
  expect(pages).toContain("/(public)/privacy/page")
  expect(pages.filter((name) => name.includes("styleguide"))).toEqual([])
})

test("every component is in the styleguide", () => {
  const source = readFileSync("app/styleguide/specimens.tsx", "utf8")
  const hasNoLook = ["local-times-script"]
  const names = readdirSync("components").filter((file) => file.endsWith(".tsx"))
  for (const name of names.map((file) => path.basename(file, ".tsx")))
    if (!hasNoLook.includes(name)) expect(source, name).toContain(`from "@/components/${name}"`)
})

/** Shrunk, with the focus ring of one button. */
async function pictureOf(page: Page): Promise<Buffer> {
  await page.getByRole("link", { name: "Primary" }).focus()
  const png = await page.screenshot({ fullPage: true })
  const shrunk = await page.evaluate(
    async ([source, scale]) => {
      const picture = new Image()
      picture.src = source
      await picture.decode()
      const canvas = document.createElement("canvas")
      canvas.width = picture.width * scale
      canvas.height = picture.height * scale
      const context = canvas.getContext("2d")
      if (!context) throw new Error("This browser has no canvas")
      context.imageSmoothingQuality = "high"
      context.drawImage(picture, 0, 0, canvas.width, canvas.height)
      return canvas.toDataURL("image/png")
    },
    [`data:image/png;base64,${png.toString("base64")}`, SHRUNK_TO] as const,
  )
  return Buffer.from(shrunk.slice(shrunk.indexOf(",") + 1), "base64")
}

/** The HTML of the page with the style sheet of the build, without a server. */
async function openStyleguide(page: Page): Promise<CDPSession> {
  const html = execFileSync(
    process.execPath,
    ["--conditions=bitbucket-emulator-source", "--import", "tsx", "e2e/styleguide/render.ts"],
    { encoding: "utf8" },
  )
  const styles = readdirSync(".next/static", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".css"))
    .map((file) => readFileSync(path.join(".next/static", file), "utf8"))
  expect(styles, "the style sheet of the build").toHaveLength(1)
  const font = readFileSync("e2e/styleguide/boxes.ttf", "base64")
  const boxes = `@font-face { font-family: Boxes; src: url(data:font/ttf;base64,${font}) }
    :root { --font-sans: Boxes !important; --font-mono: Boxes !important; text-rendering: geometricPrecision }`
  await page.route("**/*", (route) =>
    new URL(route.request().url()).pathname === "/"
      ? route.fulfill({
          contentType: "text/html; charset=utf-8",
          body: `<!doctype html><html lang="en"><title>Styleguide</title><style>${styles.join("\n")}${boxes}</style><body>${html}</body></html>`,
        })
      : route.fulfill({ contentType: "image/svg+xml", path: "public/logo.svg" }),
  )
  await page.goto("http://styleguide.example/")
  await page.evaluate(() => document.fonts.ready)
  // After a press of a key the browser shows focus rings.
  await page.keyboard.press("Tab")
  return page.context().newCDPSession(page)
}
