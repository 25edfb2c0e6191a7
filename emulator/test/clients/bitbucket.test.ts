import { Bitbucket } from "bitbucket"
import { expect, test } from "vitest"
import { obtainTokens } from "../oauth-client.ts"
import { withEmulator } from "../with-emulator.ts"

const emulator = withEmulator()

/** The API client of npm, pointed here by its own option. */
function createApiClient(token: string) {
  return new Bitbucket({ baseUrl: `${emulator.current.apiUrl}/2.0`, auth: { token }, notice: false })
}

test("the npm client reads the person", async () => {
  const { accessToken } = await obtainTokens(emulator.current)
  const { data, status } = await createApiClient(accessToken).user.get({})
  expect(status).toBe(200)
  expect(data).toMatchObject({ type: "user", display_name: "Demo Person", account_status: "active" })
})

test("the npm client reads the addresses", async () => {
  const { accessToken } = await obtainTokens(emulator.current)
  const { data } = await createApiClient(accessToken).user.listEmails({})
  expect(data).toMatchObject({ values: [{ email: "demo@example.com", is_primary: true }] })
})

test("the npm client reports a refused token with its status and Bitbucket's message (BB-P2)", async () => {
  await expect(createApiClient("never-issued").user.get({})).rejects.toMatchObject({
    status: 401,
    error: { error: { message: "Token is invalid, expired, or not supported for this endpoint." } },
  })
})
