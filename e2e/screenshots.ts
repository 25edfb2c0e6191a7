import { test } from "./fixtures"
import { signInFrom } from "./person"

const desktop = { viewport: { width: 1280, height: 800 } }
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

type Sheet = "landing" | "profile" | "connection"

/** The eight most telling pictures: each page on a phone and a desktop, in light and dark between them. */
const sheets: { name: string; use: Parameters<typeof test.use>[0]; of: Sheet[] }[] = [
  {
    name: "desktop-light",
    use: { ...desktop, colorScheme: "light" },
    of: ["landing", "profile"],
  },
  {
    name: "desktop-dark",
    use: { ...desktop, colorScheme: "dark" },
    of: ["profile", "connection"],
  },
  {
    name: "phone-light",
    use: { ...phone, colorScheme: "light" },
    of: ["profile", "connection"],
  },
  {
    name: "phone-dark",
    use: { ...phone, colorScheme: "dark" },
    of: ["landing", "profile"],
  },
]

for (const { name, use, of } of sheets)
  test.describe(name, () => {
    test.use(use)

    test(`screenshots for ${name}`, async ({ page }) => {
      const picture = (what: Sheet) => page.screenshot({ path: `docs/screenshots/${what}-${name}.png` })
      await page.goto("/")
      if (of.includes("landing")) await picture("landing")
      await signInFrom(page, "/profile")
      await page.getByText("Read from Bitbucket just now").first().waitFor()
      if (of.includes("profile")) await picture("profile")
      await page.goto("/integrations/bitbucket")
      if (of.includes("connection")) await picture("connection")
    })
  })
