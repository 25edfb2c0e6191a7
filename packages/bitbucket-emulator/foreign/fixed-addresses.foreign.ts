import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, test } from "vitest"
import { type BitbucketOrg, openBitbucketOrg, tsx } from "../test/reach/at-bitbucket-org.ts"

let bitbucketOrg: BitbucketOrg

beforeAll(async () => {
  bitbucketOrg = await openBitbucketOrg()
})
afterAll(async () => {
  await bitbucketOrg.close()
})

const pathTo = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const client = { key: "emulatorReposKey12", secret: "emulatorReposSecret1234567890123" }

test("Renovate's Bitbucket platform identifies itself, and finds every repository page by page", async () => {
  await bitbucketOrg.control("/config", "--request", "PATCH", "--data", '{"contract":"2017"}')
  const signIn = [process.execPath, "--import", tsx, pathTo("../test/reach/obtain-token.ts")]
  const token = await bitbucketOrg.run([...signIn, "https://bitbucket.org", client.key, client.secret])
  const renovate = [process.execPath, pathTo("renovate.cjs"), token]
  const { endpoint, repositories } = JSON.parse(await bitbucketOrg.run(renovate, { LOG_LEVEL: "fatal" }))
  expect(endpoint).toBe("https://api.bitbucket.org/")
  expect(repositories).toContain("demo/hello-world")
  expect(repositories.length).toBeGreaterThan(100)
})

test("social-core of Python signs in and reads the address, as long as Bitbucket accepted tokens in the query", async () => {
  await bitbucketOrg.control("/config", "--request", "PATCH", "--data", '{"contract":"2017"}')
  const program = ["/usr/bin/python3", pathTo("sign_in_with_social_core.py")]
  const callback = "http://localhost:3000/complete/bitbucket-oauth2/"
  const printed = await bitbucketOrg.run([...program, client.key, client.secret, callback])
  expect(JSON.parse(printed)).toEqual({
    username: "demo",
    email: "demo@example.com",
    scopes: expect.stringContaining("account"),
  })
})
