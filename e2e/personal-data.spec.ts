import { readFile } from "node:fs/promises"
import { expect, test } from "./fixtures"
import { signInFrom } from "./person"

for (const javaScriptEnabled of [true, false])
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled })

    test("people download all their stored data as one file, without a token", async ({
      page,
      storedTokens,
    }) => {
      await signInFrom(page, "/integrations/bitbucket")
      const downloading = page.waitForEvent("download")
      await page.getByRole("button", { name: "Download my data" }).click()
      const download = await downloading
      expect(download.suggestedFilename()).toBe("my-data.json")
      const text = await readFile(await download.path(), "utf8")
      expect(JSON.parse(text)).toMatchObject({
        profile: {
          account: { displayName: "Demo Person" },
          emails: [{ address: "demo@example.com", isPrimary: true, isConfirmed: true }],
        },
        connection: { status: "active" },
        sessions: [{ userAgent: expect.stringContaining("Chrome") }],
        activity: [{ kind: "data_exported" }, { kind: "signed_in" }],
      })
      for (const token of await storedTokens()) expect(text).not.toContain(token)
      await page.goto("/activity")
      await expect(page.getByText("Downloaded your data")).toBeVisible()
    })

    test("people delete all their stored data, once they confirm it", async ({ page, database }) => {
      await signInFrom(page, "/integrations/bitbucket")
      await page.getByRole("button", { name: "Delete my data…" }).click()
      const question = page.getByRole("dialog")
      await expect(question).toContainText("This can’t be undone.")
      await question.getByRole("button", { name: "Keep my data" }).click()
      await expect(question).toBeHidden()
      await page.getByRole("button", { name: "Delete my data…" }).click()
      await question.getByRole("button", { name: "Delete my data now" }).click()
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(
        "Your data has been deleted from this site",
      )
      for (const table of ["connection", "session", "activity"])
        expect((await database.query(`select * from ${table}`)).rows, table).toEqual([])
      await page.goto("/profile")
      await expect(page).toHaveURL(/\/signin\?next=%2Fprofile/)
    })
  })

test("the page about stored data is open to every visitor", async ({ page, appUrl }) => {
  await page.goto(appUrl)
  await page.getByRole("link", { name: "Privacy" }).click()
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("What this site keeps")
  await expect(
    page.getByText(
      "Until you sign out, disconnect or delete your data; otherwise 7 days after your last visit, or 30 days after you signed in, whichever is first",
    ),
  ).toBeVisible()
})

test("Activity and the connection page report a refresh token that another client used", async ({
  page,
  bitbucket,
  emulator,
  database,
}) => {
  await signInFrom(page, "/integrations/bitbucket")
  await emulator.control.revokeGrants("demo")
  await page.getByRole("button", { name: "Renew access now" }).click()
  await expect(page.getByText("one of this site’s access keys").first()).toBeVisible()
  const { rows } = await database.query("select last_failure from connection")
  expect(rows).toEqual([{ last_failure: "revoked_or_reused" }])
  await page.goto("/oauth/bitbucket/authorize?reason=test&next=/activity")
  await bitbucket.allow()
  await expect(page.getByText("one of this site’s access keys")).toBeVisible()
})
