import { type Attempt, buildId, protectedPaths } from "./protected-pages"

/** Ways around a middleware, taken from other projects' advisories, for every protected page. */
export function bypassAttempts(): Record<"E1" | "E2" | "E3" | "E4" | "E5", Attempt[]> {
  const pages = protectedPaths()
  return {
    E1: pages.flatMap(subrequests),
    E2: pages.flatMap(payloads),
    E3: pages.flatMap(dataRoutes),
    E4: pages.flatMap(internalParameters),
    E5: [
      ...pages.flatMap((page) => methods.map((method) => ({ path: page, method }))),
      ...pages.flatMap(spellings).map((path) => ({ path, method: "GET" })),
      // The other methods on one page at the root and one below another.
      ...[pages.find(isAtRoot), pages.find((page) => !isAtRoot(page))]
        .flatMap((page) => (page ? spellings(page) : []))
        .flatMap((path) => methods.map((method) => ({ path, method }))),
    ],
  }
}

function subrequests(path: string): Attempt[] {
  const names = ["middleware", "src/middleware", "pages/_middleware", "proxy"]
  const values = names.flatMap((name) => [name, Array(5).fill(name).join(":"), Array(8).fill(name).join(":")])
  return values.map((value) => ({ path, headers: { "x-middleware-subrequest": value } }))
}

function payloads(path: string): Attempt[] {
  const segments = path.slice(1).split("/")
  const group = `!${Buffer.from("(signed-in)").toString("base64").replaceAll("=", "")}`
  const folders = [segments, ["(signed-in)", ...segments], [group, ...segments]].map((parts) =>
    parts.join("/"),
  )
  const files = [
    ".rsc",
    ".prefetch.rsc",
    ".segments/_tree.segment.rsc",
    ".segments/_index.segment.rsc",
    ".segments/_full.segment.rsc",
    ...folders.flatMap((folder) => [
      `.segments/${folder}.segment.rsc`,
      `.segments/${folder}/__PAGE__.segment.rsc`,
    ]),
  ]
  const tree = encodeURIComponent(JSON.stringify(["", { children: [segments[0], {}] }, null, "refetch"]))
  const headers: Record<string, string>[] = [
    { rsc: "1" },
    { rsc: "1", "next-router-prefetch": "1" },
    { rsc: "1", "next-router-prefetch": "2" },
    { rsc: "1", "next-router-state-tree": tree },
    { rsc: "1", "next-url": path },
    { "x-middleware-prefetch": "1", purpose: "prefetch" },
    ...["/_tree", "/_index", "/_full", ...folders.map((folder) => `/${folder}/__PAGE__`)].map((segment) => ({
      rsc: "1",
      "next-router-prefetch": "1",
      "next-router-segment-prefetch": segment,
    })),
  ]
  return [
    ...files.map((file) => ({ path: path + file })),
    ...files.map((file) => ({ path: path + file, headers: { rsc: "1" } })),
    ...headers.flatMap((one) => [
      { path, headers: one },
      { path: `${path}?_rsc=1x2y3`, headers: one },
    ]),
    { path: `${path}?_rsc=1x2y3` },
  ]
}

function dataRoutes(path: string): Attempt[] {
  const below = `/_next/data/${buildId()}`
  const paths = [
    `${below}${path}.json`,
    `${below}/en${path}.json`,
    `${below}/en-US${path}.json`,
    `/en${below}${path}.json`,
    `/_next/data/development${path}.json`,
    `/_next/data/x${path}.json`,
    `${below}${path}`,
    path,
  ]
  return paths.flatMap((one) => [{ path: one }, { path: one, headers: { "x-nextjs-data": "1" } }])
}

function internalParameters(path: string): Attempt[] {
  const names = ["nxtPpath", "nxtPslug", "nxtPworkspace", "nxtPnextauth", "nxtIpath", "nxtIslug"]
  const flags = [
    "__nextLocale=en",
    "__nextDataReq=1",
    "__nextDefaultLocale=en",
    "_nextBubbleNoFallback=1",
    "amp=1",
  ]
  const value = encodeURIComponent(path.slice(1))
  return [...names.map((name) => `${name}=${value}`), ...flags].flatMap((query) => [
    { path: `${path}?${query}` },
    { path: `/?${query}` },
    { path: `/signin?${query}` },
    { path: `${path}?${query}`, headers: { rsc: "1" } },
    { path: `${path}?${encodeURIComponent(query)}` },
  ])
}

/** Besides GET. */
const methods = ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]

const isAtRoot = (page: string) => page.lastIndexOf("/") === 0

function spellings(path: string): string[] {
  const [first = "", ...rest] = path.slice(1).split("/")
  const tail = rest.map((part) => `/${part}`).join("")
  const letter = `%${first.charCodeAt(0).toString(16)}`
  return [
    path,
    path.toUpperCase(),
    `/${first[0]?.toUpperCase()}${first.slice(1)}${tail}`,
    `/${path}`,
    `//${path}`,
    path.replaceAll("/", "//"),
    `/.${path}`,
    `/./.${path}`,
    `/x/..${path}`,
    `/..${path}`,
    `/%2e${path}`,
    `/%2e%2e${path}`,
    `/x/%2e%2e${path}`,
    `/${letter}${first.slice(1)}${tail}`,
    `/%25${letter.slice(1)}${first.slice(1)}${tail}`,
    `/%2f${first}${tail}`,
    `%2f${first}${tail}`,
    `/${first}%2f${rest.join("%2f")}`,
    `${path}/`,
    `${path}//`,
    `${path}/.`,
    `${path}/..${path}`,
    `${path};`,
    `${path};a=b`,
    `/;${path}`,
    `${path}%00`,
    `${path}%20`,
    `${path}%23`,
    `${path}%3f`,
    `${path}%5c`,
    `/\\${first}${tail}`,
    `/%5c${first}${tail}`,
    `/_next/..${path}`,
    `/_next/static/..${path}`,
    `/_next/static/..%2f..${path}`,
    `/api/..${path}`,
    `/favicon.ico/..${path}`,
    `/icon.svg/..${path}`,
    `${path}.json`,
    `${path}/index`,
    `${path}?/signin`,
  ]
}
