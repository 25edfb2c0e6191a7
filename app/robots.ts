import type { MetadataRoute } from "next"

export default function robots(): MetadataRoute.Robots {
  return {
    rules: {
      userAgent: "*",
      allow: "/",
      disallow: [
        "/api/",
        "/oauth/",
        "/auth/",
        "/profile",
        "/integrations/",
        "/workspaces",
        "/sessions",
        "/activity",
      ],
    },
  }
}
