import { site } from "./site"

/** A Tailwind plugin, named in app/globals.css: gives the style sheet the brand's colour when it is built. */
export default function siteColour({ addBase }: { addBase: (css: object) => void }): void {
  addBase({ ":root": { "--brand": site.colour } })
}
