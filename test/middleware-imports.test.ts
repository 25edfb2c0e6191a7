import { expect, test } from "vitest"
import { reachableImports } from "./reachable-imports"

/** The middleware runs before every page, so each further file is on purpose, and each further package is a decision. */
const MOST_FILES = 25
/** The Content Security Policy names the hosts of Bitbucket's pictures. No database: what is limited is counted where the work is done. */
const packagesOfMiddleware = ["@auth/core/jwt", "auth-bitbucket/client", "next/server", "pino", "zod"]

test("the middleware reaches few files and packages, and no page, profile or refresh", () => {
  const { files, packages } = reachableImports("middleware.ts")
  expect(packages).toEqual(packagesOfMiddleware)
  expect(files.length, files.join("\n")).toBeLessThanOrEqual(MOST_FILES)
  const ofPages = files.filter((file) => /^(app|components|lib\/connections)\//.test(file))
  expect(ofPages).toEqual([])
})

test("a server compiles next.config.ts whenever it starts, so that reaches no package", () => {
  const { packages } = reachableImports("next.config.ts")
  expect(packages.filter((name) => !name.startsWith("node:"))).toEqual([])
})
