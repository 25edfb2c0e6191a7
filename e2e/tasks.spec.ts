import type { Page } from "@playwright/test"
import { expect, test } from "./fixtures"
import { signInFrom } from "./person"

type Task = {
  /** What a person wants, in their words. */
  want: string
  /** What they press, starting at their profile: links and buttons by name. */
  press: (string | RegExp)[]
  /** What they see then. */
  see: string | RegExp
}

/** Ten tasks that people come for. Each takes at most two presses from the profile. */
const tasks: Task[] = [
  { want: "Which address does this site know?", press: [], see: "demo@example.com" },
  { want: "What may this site see of my account?", press: [], see: "See your email addresses" },
  { want: "Is my connection all right?", press: ["Connection"], see: /^Connected$/ },
  {
    want: "Sign my old laptop out",
    press: ["Sessions", "Sign out of Firefox on Windows"],
    see: "Signed out of Firefox on Windows.",
  },
  {
    want: "Why was I signed out yesterday?",
    press: ["Activity"],
    see: "Connection ended by Bitbucket",
  },
  {
    want: "Keep me connected when I sign out",
    press: ["Connection", "Stay connected while signed out"],
    see: "Stays connected.",
  },
  { want: "What does this site keep, and how long?", press: ["Privacy"], see: "90 days" },
  { want: "Show it dark", press: ["dark"], see: "Demo Person" },
  {
    want: "Take this site's access away",
    press: ["Connection", "Disconnect…"],
    see: "Disconnect from Bitbucket?",
  },
  {
    want: "Delete everything this site has of me",
    press: ["Connection", "Delete my data…"],
    see: "Delete your data from this site?",
  },
]

for (const { want, press, see } of tasks)
  test(`“${want}” takes ${press.length} presses from the profile, on a phone without JavaScript`, async ({
    browser,
    appUrl,
    database,
  }) => {
    const context = await browser.newContext({
      baseURL: appUrl,
      javaScriptEnabled: false,
      viewport: { width: 375, height: 740 },
    })
    const page = await context.newPage()
    await signInFrom(page, "/profile")
    await leaveTraces()
    await page.reload()
    for (const name of press) await controlOf(page, name).click()
    await expect(page.getByText(see).filter({ visible: true }).first()).toBeVisible()
    await context.close()

    /** An old laptop that is still signed in, and a connection that ended. */
    async function leaveTraces() {
      await database.query(
        `insert into session (id_hash, connection_id, user_agent, expires_at)
          select md5('laptop'), id, 'Mozilla/5.0 (Windows NT 10.0; rv:140.0) Firefox/140.0', now() + interval '1 day' from connection`,
      )
      await database.query(
        `insert into activity (account_uuid, kind, detail, at)
          select account_uuid, 'connection_ended', 'dead_grant', now() - interval '1 day' from connection`,
      )
    }
  })

function controlOf(page: Page, name: string | RegExp) {
  const options = { name, exact: true }
  return page.getByRole("link", options).or(page.getByRole("button", options)).first()
}
