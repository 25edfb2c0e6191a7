import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import { NextRequest } from "next/server"
import { describe, expect, test } from "vitest"
import { signInPath } from "@/lib/sessions/paths"
import { middleware } from "@/middleware"
import { stubEnvironment } from "./stub-environment"

/** A function that Next calls for a request, and how it begins: the text up to what it does first. */
type EntryPoint = { name: string; body: string }

const root = path.join(import.meta.dirname, "..")
const read = (file: string) => readFileSync(path.join(root, file), "utf8")
const filesBelow = (folder: string, name: RegExp) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => path.join(folder, file).replaceAll(path.sep, "/"))
    .filter((file) => name.test(file))
    .sort()

/** Every function of a file that is not nested in another; Biome's layout ends one with a brace at the margin. */
function functionsIn(source: string): Map<string, string> {
  const found = source.matchAll(/^(?:export )?(?:default )?(?:async )?function (\w+)\(.*?^\}/gms)
  return new Map([...found].map(([text, name = ""]) => [name, text]))
}

const methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]

/** The handlers of a route, also those that it only passes on from a module of `lib`. */
function handlersOf(file: string): EntryPoint[] {
  const source = read(file)
  const own = functionsIn(source)
  return methods.flatMap((method) => {
    const name = `${file} ${method}`
    const body = own.get(method)
    if (body) return { name, body }
    const renamed = new RegExp(`^export \\{.*\\b(\\w+) as ${method}\\b.*\\}(?: from "@/(.+)")?$`, "m").exec(
      source,
    )
    if (renamed) {
      const [, inside = "", module] = renamed
      return { name, body: (module ? functionsIn(read(`${module}.ts`)) : own).get(inside) ?? "" }
    }
    // Whatever else it exports under that name has to be written as a function before this test can read it.
    const isExported = new RegExp(`^export\\b.*\\b${method}\\b`, "m").test(source)
    return isExported ? { name, body: "" } : []
  })
}

const routes = filesBelow("app", /\/route(\.\w+)?\.ts$/).flatMap(handlersOf)

/** What is listed in the table of the routes below /api/auth. */
const authRoutesFile = "lib/sign-in/auth-routes.ts"
const authRoutes = [
  ...new Set([...read(authRoutesFile).matchAll(/\b(?:GET|POST): (\w+)/g)].map(([, name]) => name)),
].map((name = "") => ({
  name: `${authRoutesFile} ${name}`,
  body: functionsIn(read(authRoutesFile)).get(name) ?? "",
}))

const pages = filesBelow("app", /\/page\.tsx$/).map((file) => ({
  name: file,
  body: /^export default async function \w+\(.*?^\}/ms.exec(read(file))?.[0] ?? "",
}))

const actions = ["app", "components", "lib"]
  .flatMap((folder) => filesBelow(folder, /\.tsx?$/))
  .filter((file) => read(file).includes('"use server"'))
  .flatMap((file) => [...functionsIn(read(file))].map(([name, body]) => ({ name: `${file} ${name}`, body })))
  .filter(({ body }) => body.startsWith("export "))

/** Those whose text does not hold any of the patterns. */
const without = (entryPoints: EntryPoint[], ...patterns: RegExp[]) =>
  entryPoints.filter(({ body }) => !patterns.some((pattern) => pattern.test(body))).map(({ name }) => name)

const answersOnly405 = /^export function \w+\(\): Response \{\s*return new Response\(null, \{ status: 405,/
const needsSecret = /if \(!isBearer\(request, \w+(?:\(\)\.\w+)?\)\)\s*return/
/** What counts a request in a route's place, before it does anything. */
const delegates = {
  handleCallback: "lib/sign-in/callback.ts",
  startSignIn: "lib/sign-in/start.ts",
}
const delegated = new RegExp(`\\b(?:answerAuthRoute|${Object.keys(delegates).join("|")})\\(request, `)
const isLimited = /const refusal = await refusalOf\(request, .{1,80}?\)\n\s*if \(refusal\) return refusal\n/s

describe("a function that Next calls for a request", () => {
  test("is found by this test", () => {
    expect(routes.length).toBeGreaterThan(10)
    expect(pages.length).toBeGreaterThan(10)
    expect(actions.length).toBeGreaterThan(6)
    expect(authRoutes.length).toBeGreaterThan(4)
    for (const { name, body } of [...routes, ...authRoutes, ...pages, ...actions])
      expect(body, name).not.toBe("")
  })

  test("counts a request to a route, or needs a secret, or does nothing", () => {
    expect(without([...routes, ...authRoutes], isLimited, needsSecret, delegated, answersOnly405)).toEqual([
      // A file of one variable; where a refusal leads; a redirect to the sign-in page.
      "app/.well-known/security.txt/route.ts GET",
      "app/api/refused/[status]/route.ts GET",
      `${authRoutesFile} showSignInPage`,
    ])
  })

  test.each(Object.entries(delegates))("%s counts a request before it does anything", (name, file) => {
    const body = functionsIn(read(file)).get(name) ?? ""
    expect(body).toMatch(isLimited)
    expect(body.indexOf("await refusalOf")).toBe(body.indexOf("await "))
  })

  test("asks for the session in every route of a person's own, and only in those", () => {
    const session = /await (?:readSession|getSession)\(\)/
    // Most builds have neither the legacy sign-in nor the emulator.
    const asked = routes.filter(({ name }) => !/^app\/(oauth1|bitbucket-emulator)\//.test(name))
    const anonymous = without(asked, session, needsSecret, delegated, answersOnly405)
    expect(anonymous).toEqual([
      "app/.well-known/security.txt/route.ts GET",
      "app/api/health/route.ts GET",
      "app/api/refused/[status]/route.ts GET",
    ])
  })

  test("begins a public page by counting it, and a person's own page by asking for their session", () => {
    const firstAwaits = (one: EntryPoint) => ({
      ...one,
      // What the address says has to be read first where the way back names it.
      body: /await (?!params|searchParams)[^(]*\(/.exec(one.body)?.[0] ?? "",
    })
    const [own, everybodys] = [pages.filter(isOwn), pages.filter((one) => !isOwn(one))]
    expect(without(own.map(firstAwaits), /^await require(?:Session|Connection)\($/)).toEqual([])
    expect(without(everybodys.map(firstAwaits), /^await limitTo\($/)).toEqual([])
  })

  test("is a person's own page exactly if the middleware redirects visitors to sign in", async () => {
    const AUTH_URL = "http://localhost:3000"
    stubEnvironment({ AUTH_URL })
    for (const page of pages) {
      const path = pathOf(page)
      const { headers } = await middleware(new NextRequest(`${AUTH_URL}${path}`))
      const isRedirected = headers.get("location") === `${AUTH_URL}${signInPath(path)}`
      expect(isRedirected, page.name).toBe(isOwn(page))
    }
  })

  test("begins an action by counting it, and asks for the session in each but that of the theme", () => {
    expect(without(actions, /\{\n {2}await limitTo\("action"/)).toEqual([])
    const session = /\b(?:requireSession|endSession|endOtherSessions|disconnectAccount|eraseAccount|end)\(/
    expect(without(actions, session)).toEqual(["app/actions.ts chooseTheme"])
  })
})

/** A path to a page; each of its parameters has the value "one". */
function pathOf({ name }: EntryPoint): string {
  return name
    .replace(/^app|\/page\.tsx$|\/\([^/]+\)/g, "")
    .replace(/\[[^/]+\]/g, "one")
    .concat(name === "app/(public)/page.tsx" ? "/" : "")
}

function isOwn({ name }: EntryPoint): boolean {
  return name.startsWith("app/(signed-in)/")
}
