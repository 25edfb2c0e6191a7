import type { MetadataRoute } from "next"
import { site } from "@/lib/site"

export default function manifest(): MetadataRoute.Manifest {
  return {
    name: site.name,
    short_name: site.shortName,
    start_url: "/profile",
    display: "browser",
    background_color: "#fafaf9",
    theme_color: site.colour,
    icons: [
      { src: "/icon-192.png", sizes: "192x192", type: "image/png" },
      { src: "/icon-512.png", sizes: "512x512", type: "image/png" },
      { src: site.logo, sizes: "any", type: "image/svg+xml" },
    ],
  }
}
