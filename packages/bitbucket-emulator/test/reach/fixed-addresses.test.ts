import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { openBitbucketOrg, tsx } from "./at-bitbucket-org.ts"
import { namespaceObstacle } from "./namespace.ts"

const obstacle = namespaceObstacle()
const client = (name: string) => fileURLToPath(new URL(`${name}.ts`, import.meta.url))

test("programs with hard-coded Bitbucket addresses sign in and read, unmodified, over TLS", async (context) => {
  if (obstacle !== null) return context.skip(obstacle)
  const bitbucketOrg = await openBitbucketOrg()
  try {
    const run = (name: string, ...more: string[]) =>
      bitbucketOrg.run([process.execPath, "--import", tsx, client(name), ...more])
    const { accessToken, ...signedIn } = JSON.parse(await run("passport-by-default"))
    expect(signedIn).toEqual({ username: "zoe", emails: expect.arrayContaining(["zoe@example.com"]) })
    expect(JSON.parse(await run("bitbucket-by-default", accessToken))).toEqual({
      username: "zoe",
      status: 200,
    })
    const authorization = `Authorization: Bearer ${accessToken}`
    // The machine may have set one of curl's own variables, which curl would trust instead.
    const curl = [
      "env",
      "-u",
      "CURL_CA_BUNDLE",
      "-u",
      "SSL_CERT_DIR",
      "curl",
      "-sS",
      "--header",
      authorization,
    ]
    const curled = await bitbucketOrg.run([...curl, "https://api.bitbucket.org/2.0/user"])
    expect(JSON.parse(curled).links.self.href).toMatch("https://api.bitbucket.org/2.0/users/")
    const { requests } = JSON.parse(await bitbucketOrg.control("/requests"))
    const asked = requests.map(({ origin, path }: { origin: string; path: string }) => `${origin} ${path}`)
    expect(asked).toEqual(
      expect.arrayContaining([
        "site /site/oauth2/authorize",
        "site /site/oauth2/access_token",
        "api /2.0/user",
      ]),
    )
  } finally {
    await bitbucketOrg.close()
  }
})

test("without the emulator's authority they refuse to connect to it", async (context) => {
  if (obstacle !== null) return context.skip(obstacle)
  const bitbucketOrg = await openBitbucketOrg()
  try {
    const distrusting = bitbucketOrg.run([
      "env",
      ...["SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE"].flatMap((name) => ["-u", name]),
      ...["curl", "-sS", "https://bitbucket.org/"],
    ])
    await expect(distrusting).rejects.toThrow(/certificate/)
  } finally {
    await bitbucketOrg.close()
  }
})
