import { Bitbucket } from "bitbucket"
import { expect, test } from "vitest"
import { obtainTokens } from "../oauth-client.ts"
import { withEmulator } from "../with-emulator.ts"

const emulator = withEmulator()
const reposClient = { key: "emulatorReposKey12", secret: "emulatorReposSecret1234567890123" }

/** The API client from npm, pointed here by its own option. */
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

test("the npm client follows the pages of a listing to the last, and no further (BB-W4)", async () => {
  const { accessToken } = await obtainTokens(emulator.current, { client: reposClient })
  const client = createApiClient(accessToken)
  const names = new Set<unknown>()
  let { data: page } = await client.repositories.list({ workspace: "emulated-works", pagelen: 50 })
  for (const { full_name } of page.values) names.add(full_name)
  let pages = 1
  while (client.hasNextPage(page)) {
    page = (await client.getNextPage(page)).data
    for (const { full_name } of page.values) names.add(full_name)
    pages += 1
  }
  expect([pages, names.size, page.values.length]).toEqual([3, 137, 37])
})

test("the npm client reports a missing workspace as 404 (BB-P10)", async () => {
  const { accessToken } = await obtainTokens(emulator.current)
  const asked = createApiClient(accessToken).workspaces.getWorkspace({ workspace: "nowhere" })
  await expect(asked).rejects.toMatchObject({
    status: 404,
    error: { error: { message: "No workspace with identifier 'nowhere'." } },
  })
})
