import { existsSync } from "node:fs"
import type { NextConfig } from "next"
import { embeddedEnvironment } from "./lib/embedded-emulator/environment"
import { EnvironmentError } from "./lib/env/error"
import { DEFAULT_HSTS, HSTS_PATTERN, HSTS_PROBLEM } from "./lib/env/hsts"
import { REFUSAL_POLICY } from "./lib/server/limits/refusal-policy"
import { LARGEST_BODY_BYTES } from "./lib/server/request-body"

// A server compiles this file, and everything that it imports, each time it starts. So it imports no package.
const HSTS = process.env.HSTS || DEFAULT_HSTS
if (!HSTS_PATTERN.test(HSTS)) throw new EnvironmentError([`HSTS ${HSTS_PROBLEM}.`])

const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=(), payment=()" },
  { key: "X-Frame-Options", value: "DENY" },
  // Browsers ignore it over plain http, so one configuration serves both.
  { key: "Strict-Transport-Security", value: HSTS },
]

const nothingToLoad = { key: "Content-Security-Policy", value: REFUSAL_POLICY }
/** Whether the legacy sign-in is built in: docs/decisions/010-legacy-sign-in.md. */
const hasLegacySignIn = Boolean(process.env.BITBUCKET_OAUTH1_KEY)

/** Whether the emulator is built in, for previews and demos: docs/decisions/031-an-emulator-inside-a-build.md. */
const hasEmulator = process.env.EMBEDDED_EMULATOR === "1"
// Also refuses to build it in with real credentials.
if (hasEmulator) embeddedEnvironment(process.env)

/** As the demo and the tests build: `npm run check` checks the types. */
const isQuickBuild = process.env.QUICK_BUILD === "1"

const nextConfig: NextConfig = {
  // The routes of both, and the styleguide, are files with their own extensions, which Next ignores if they are off.
  pageExtensions: [
    "ts",
    "tsx",
    ...(hasLegacySignIn ? ["oauth1.ts"] : []),
    ...(hasEmulator ? ["emulator.ts"] : []),
    ...(process.env.NODE_ENV === "development" ? ["dev.tsx"] : []),
  ],
  env: {
    LEGACY_SIGN_IN: hasLegacySignIn ? "built in" : "",
    EMBEDDED_EMULATOR: hasEmulator ? "built in" : "",
    BUILD_NOTICE: hasEmulator
      ? "This is a demo: it signs in at an emulated Bitbucket, and every account in it is invented."
      : "",
  },
  // From its sources, as in tests: nothing has to be built before.
  ...(hasEmulator && {
    turbopack: { resolveAlias: { "bitbucket-emulator/next": "./packages/bitbucket-emulator/next.ts" } },
  }),
  // `npx tsx scripts/build-standalone.ts` asks for a folder that runs without node_modules; the Dockerfile copies it.
  ...(process.env.BUILD_STANDALONE === "1" && { output: "standalone" as const }),
  typescript: { ignoreBuildErrors: isQuickBuild },
  // Read by a path that Next cannot follow; without the comments in those calls it would upload the whole repository.
  outputFileTracingIncludes: { "/**": ["./lib/db/migrations/*.sql"] },
  poweredByHeader: false,
  // Next loads it for itself anyway: one copy for all.
  serverExternalPackages: ["@opentelemetry/api"],
  reactStrictMode: true,
  typedRoutes: true,
  images: { unoptimized: true },
  experimental: {
    // A first build has no use for the cache, and takes half as long again to write it.
    turbopackFileSystemCacheForBuild: !isQuickBuild || existsSync(".next/BUILD_ID"),
    // A server would load all pages before it answers with the first. Each is loaded when it is first asked for.
    preloadEntriesOnStart: false,
    serverActions: { bodySizeLimit: LARGEST_BODY_BYTES },
    // Next keeps a copy of what middleware has seen of a body.
    proxyClientMaxBodySize: 4 * LARGEST_BODY_BYTES,
  },
  async headers() {
    return [
      { source: "/:path*", headers: securityHeaders },
      // Anything but a page needs no permissions: even if a browser took it for a page, it could do nothing.
      { source: "/(api|oauth|oauth1|_next)/:path*", headers: [nothingToLoad] },
      // The files of public/ are the same for every request.
      {
        source:
          "/:file(favicon.ico|logo.svg|opengraph.png|apple-touch-icon.png|icon-192.png|icon-512.png|manifest.webmanifest)",
        headers: [nothingToLoad, { key: "Cache-Control", value: "public, max-age=2592000" }],
      },
      // When Next answers in a route's place, as to a method that it lacks, it sends no cache header.
      {
        source: "/(api|oauth|oauth1)/:path*",
        headers: [{ key: "Cache-Control", value: "private, no-store" }],
      },
      { source: "/api/auth/callback/:path*", headers: [{ key: "Referrer-Policy", value: "no-referrer" }] },
    ]
  },
}

export default nextConfig
