import { changeSeed } from "../test/workspace-members"
import { expect, test } from "./fixtures"
import { startOwnApp } from "./own-app"
import { BitbucketPages } from "./pages/bitbucket-pages"
import { seedFor } from "./seeds"

test("only members of an allowed workspace can sign in, and people who leave it lose access at the next refresh", async ({
  browser,
  emulator,
  database,
  environment,
}) => {
  await using app = await startOwnApp({ ...environment, ALLOWED_WORKSPACES: "elsewhere, emulated-works" })
  await emulator.control.reset({
    ...seedFor(app.url, ["member", "stranger"]),
    workspaces: [{ slug: "emulated-works", name: "Emulated Works", members: { member: "member" } }],
  })
  const stranger = await browser.newPage({ baseURL: app.url })
  await stranger.goto("/oauth/bitbucket/authorize?next=/profile")
  await new BitbucketPages(stranger).signInAndAllow("stranger")
  await expect(stranger).toHaveURL(/\/auth\/error\?error=workspace_not_allowed/)
  expect((await database.query("select 1 from connection")).rowCount).toBe(0)

  const member = await browser.newPage({ baseURL: app.url })
  await member.goto("/oauth/bitbucket/authorize?next=/profile")
  await new BitbucketPages(member).signInAndAllow("member")
  await expect(member.getByRole("heading", { name: "Member Person" })).toBeVisible()

  await changeSeed(emulator, {
    ...seedFor(app.url, ["member", "stranger"]),
    workspaces: [{ slug: "emulated-works", name: "Emulated Works", members: {} }],
  })
  await database.query("update connection set expires_at = now() - interval '1 second'")
  await member.goto("/profile")
  await expect(member).toHaveURL(/\/signin/)
  expect((await database.query("select 1 from connection")).rowCount).toBe(0)
})
