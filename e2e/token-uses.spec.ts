import { expect, test } from "./fixtures"
import { expectGoodInEveryLook } from "./looks"
import { startOwnApp } from "./own-app"
import { signInFrom, withCookiesOf } from "./person"

test("a person sees on the Activity page what this site used their access for, by day and folded", async ({
  page,
  database,
}) => {
  await signInFrom(page, "/integrations/bitbucket")
  await page.goto("/workspaces")
  const purposes = async () =>
    (await database.query("select purpose from token_use join connection using (account_uuid)")).rows.map(
      ({ purpose }) => purpose,
    )
  await expect.poll(purposes).toEqual(expect.arrayContaining(["page:connection", "page:workspaces"]))
  await page.goto("/activity")
  const summary = page.getByText(/This site used your access \d+ times/)
  const workspaces = page.getByText(/^To show your workspaces and repositories (once|\d+ times), /)
  await expect(workspaces).toBeHidden()
  await summary.click()
  await expect(workspaces).toBeVisible()
  await expect(page.getByText("To show your Bitbucket connection")).toBeVisible()
  await expectGoodInEveryLook(page, "activity with uses")
})

test("a server that is told to end writes what it has counted so far", async ({
  page,
  database,
  environment,
  appUrl,
}) => {
  await signInFrom(page, "/profile")
  const app = await startOwnApp(environment)
  const client = await withCookiesOf(page, appUrl)
  for (let view = 0; view < 3; view++) expect((await client.get(`${app.url}/workspaces`)).status()).toBe(200)
  await app[Symbol.asyncDispose]()
  const { rows } = await database.query(
    "select sum(count)::int as count from token_use where purpose = 'page:workspaces'",
  )
  // At least once for each view: each request to Bitbucket counts, and the first view makes several.
  expect(rows[0].count).toBeGreaterThanOrEqual(3)
})
