/**
 * What this site is called, how it looks and where people turn for help: the one file to edit for a brand of your own.
 * Addresses that begin with a slash are files in `public/` or pages of this app.
 */
export const site: Site = {
  name: "Sign in with Bitbucket",
  shortName: "Bitbucket",
  description:
    "Sign in with the Bitbucket account you already have, see what you allowed, and disconnect at any time.",
  logo: "/logo.svg",
  openGraphPicture: "/opengraph.png",
  colour: "#1f52c4",
  support: null,
  legal: [{ label: "Privacy", href: "/privacy" }],
}

type Site = {
  /** On every page, in every title and in the manifest. */
  name: string
  /** Below an icon on a phone's home screen, where there is room for some twelve letters. */
  shortName: string
  /** For search engines and for link previews. */
  description: string
  /** Square; the icons that browsers ask for are app/icon.svg and those of `public/`. */
  logo: string
  /** 1200 by 630 pixels, for link previews. */
  openGraphPicture: string
  /** `#rrggbb`. Buttons and links take its hue, as light or dark as they must be to be read. */
  colour: `#${string}`
  /** Where people find help, at the end of every page and on every failure; null leaves it out. */
  support: SiteLink | null
  /** At the end of every page. */
  legal: readonly SiteLink[]
}

type SiteLink = { label: string; href: string }
