import { createElement } from "react"
import { renderToStaticMarkup } from "react-dom/server"
import { expect, test, vi } from "vitest"
import { generateMetadata } from "@/app/layout"
import manifest from "@/app/manifest"
import siteColour from "@/lib/site-colour"
import { stubEnvironment } from "@/test/stub-environment"
import { SiteFooter } from "./site-footer"
import { SiteHeader } from "./site-header"

vi.mock("@/app/globals.css", () => ({}))
vi.mock("@/app/actions", () => ({ chooseTheme: async () => {} }))
vi.mock("@/app/(signed-in)/actions", () => ({ signOut: async () => {} }))
vi.mock("@/lib/sessions/current-session", () => ({ findSession: async () => null }))
vi.mock("@/lib/site", () => ({
  site: {
    name: "Harbour",
    shortName: "Harbour",
    description: "Ships in, ships out.",
    logo: "/harbour.svg",
    openGraphPicture: "/harbour.png",
    colour: "#0a7d55",
    support: { label: "Help", href: "https://help.example/" },
    legal: [{ label: "Imprint", href: "/imprint" }],
  },
}))

stubEnvironment()

test("another brand in lib/site.ts is on every page, in titles, the manifest and the style sheet", () => {
  const page = renderToStaticMarkup(
    createElement("body", null, createElement(SiteHeader, null, null), createElement(SiteFooter, null, null)),
  )
  expect(page).toContain("<span>Harbour</span>")
  expect(page).toContain('src="/harbour.svg"')
  expect(page).toContain('<a href="https://help.example/" class="link">Help</a>')
  expect(page).toContain('<a href="/imprint" class="link">Imprint</a>')
  expect(page).not.toContain("Sign in with Bitbucket")

  expect(generateMetadata()).toMatchObject({
    title: { default: "Harbour", template: "%s · Harbour" },
    description: "Ships in, ships out.",
  })
  expect(manifest()).toMatchObject({ name: "Harbour", short_name: "Harbour", theme_color: "#0a7d55" })

  const css: object[] = []
  siteColour({ addBase: (rules) => css.push(rules) })
  expect(css).toEqual([{ ":root": { "--brand": "#0a7d55" } }])
})
