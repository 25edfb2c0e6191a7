import { expect, test } from "./fixtures"
import { startOwnApp } from "./own-app"
import { BitbucketPages } from "./pages/bitbucket-pages"
import { refreshRequests } from "./person"

test("people sign in at a Bitbucket Data Center, below its context path, and the app refreshes their access", async ({
  browser,
  emulator,
  database,
  environment,
}) => {
  const { BITBUCKET_API_URL: _, ...others } = environment
  await using app = await startOwnApp({
    ...others,
    BITBUCKET_KIND: "datacenter",
    BITBUCKET_SITE_URL: `${emulator.siteUrl}/bitbucket`,
  })
  await emulator.control.reset({
    people: [
      {
        username: "Dana",
        password: "Dana",
        display_name: "Da Na",
        emails: [{ email: "dana@example.com", is_primary: true }],
      },
    ],
    clients: [
      {
        key: environment.AUTH_BITBUCKET_ID ?? "",
        secret: environment.AUTH_BITBUCKET_SECRET ?? "",
        name: "Demo",
        callback_url: app.url,
      },
    ],
  })
  await emulator.control.changeConfig({ contract: "datacenter", context_path: "/bitbucket" })
  const page = await browser.newPage({ baseURL: app.url })
  await page.goto("/signin?next=/profile")
  await expect(page.getByText("See who you are")).toBeVisible()
  await page.getByRole("link", { name: "Sign in with Bitbucket", exact: true }).click()
  await new BitbucketPages(page).signInAndAllow("Dana")
  await expect(page.getByRole("heading", { name: "Da Na" })).toBeVisible()
  await expect(page.getByText("dana@example.com").first()).toBeVisible()
  const { rows } = await database.query(
    "select kind, account_uuid, round(extract(epoch from expires_at - issued_at)) as lifetime from connection",
  )
  expect(rows).toEqual([
    {
      kind: "oauth2",
      account_uuid: expect.stringMatching(new RegExp(`^${emulator.siteUrl}/bitbucket#\\d+$`)),
      lifetime: "3600",
    },
  ])

  await emulator.control.clearRequests()
  await emulator.control.expireTokens("Dana")
  await database.query(
    "update connection set profile_read_at = now() - interval '1 hour', profile_asked_at = null",
  )
  await page.goto("/profile")
  await expect(page.getByRole("heading", { name: "Da Na" })).toBeVisible()
  await expect(page.getByText("Read from Bitbucket just now").first()).toBeVisible()
  const refreshes = await refreshRequests(emulator)
  expect(refreshes).toMatchObject([{ path: "/bitbucket/rest/oauth2/latest/token", status: 200 }])
  expect((await database.query("select version from connection")).rows).toEqual([{ version: 2 }])

  await emulator.control.revokeGrants("Dana")
  await database.query(
    "update connection set profile_read_at = now() - interval '1 hour', profile_asked_at = null",
  )
  await page.goto("/profile")
  await expect(page).toHaveURL(/\/signin\?/)
})
