import { expect, test } from "vitest"
import { reachableImports } from "./reachable-imports"

/** What runs before every page: a file more is no accident, and a package more is a decision. */
const MOST_FILES = 25
/** No database: what is limited is counted where the work is done. */
const packagesOfMiddleware = ["@auth/core/jwt", "next/server", "pino", "zod"]

test("the middleware reaches few files and packages, and no page, profile or renewal", () => {
  const { files, packages } = reachableImports("middleware.ts")
  expect(packages).toEqual(packagesOfMiddleware)
  expect(files.length, files.join("\n")).toBeLessThanOrEqual(MOST_FILES)
  const ofPages = files.filter((file) => /^(app|components|lib\/(connections|bitbucket|oauth))\//.test(file))
  // The Content Security Policy names the hosts of pictures, and a session cookie names an issuer.
  expect(ofPages).toEqual(["lib/bitbucket/avatar.ts", "lib/bitbucket/identity.ts"])
})
