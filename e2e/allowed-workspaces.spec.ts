import type { SeedInput } from "bitbucket-emulator"
import { freePort } from "../scripts/server-process"
import { startApp } from "./app-server"
import { expect, test } from "./fixtures"
import { BitbucketPages } from "./pages/bitbucket-pages"

test("only members of an allowed workspace get in, and who leaves it is out at the next renewal", async ({
  browser,
  emulator,
  database,
  environment,
}) => {
  const port = await freePort()
  const appUrl = `http://localhost:${port}`
  const app = await startApp({
    ...environment,
    PORT: String(port),
    AUTH_URL: appUrl,
    ALLOWED_WORKSPACES: "elsewhere, emulated-works",
  })
  const seed = (members: string[]): SeedInput => ({
    people: [
      { username: "member", password: "member", display_name: "Mem Ber" },
      { username: "stranger", password: "stranger", display_name: "Stra Nger" },
    ],
    workspaces: [
      {
        slug: "emulated-works",
        name: "Emulated Works",
        members: Object.fromEntries(members.map((name) => [name, "member"])),
      },
    ],
    clients: [
      {
        key: "emulatorClientKey1",
        secret: "emulatorClientSecret123456789012",
        name: "Demo",
        callback_url: appUrl,
        scopes: ["account", "email"],
      },
    ],
  })
  try {
    await emulator.control.reset(seed(["member"]))
    const stranger = await browser.newPage({ baseURL: appUrl })
    await stranger.goto("/oauth/bitbucket/authorize?next=/profile")
    await new BitbucketPages(stranger).signInAndAllow("stranger")
    await expect(stranger).toHaveURL(/\/auth\/error\?error=workspace_not_allowed/)
    expect((await database.query("select 1 from connection")).rowCount).toBe(0)

    const member = await browser.newPage({ baseURL: appUrl })
    await member.goto("/oauth/bitbucket/authorize?next=/profile")
    await new BitbucketPages(member).signInAndAllow("member")
    await expect(member.getByRole("heading", { name: "Mem Ber" })).toBeVisible()

    await emulator.control.addFault({
      match: { path: "/2.0/user/workspaces" },
      kind: "status",
      status: 200,
      headers: { "content-type": "application/json" },
      body: '{"values": [], "pagelen": 100, "size": 0, "page": 1}',
      times: null,
    })
    await database.query("update connection set expires_at = now() - interval '1 second'")
    await member.goto("/profile")
    await expect(member).toHaveURL(/\/signin/)
    expect((await database.query("select 1 from connection")).rowCount).toBe(0)
  } finally {
    await app.stop()
  }
})
