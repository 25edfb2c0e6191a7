import { makeHistory } from "../scripts/demo-history"
import { expect, test } from "./fixtures"
import { signInByHand } from "./person"

test("the demo's user has two older sessions and one that expired yesterday, and Bitbucket still asks for consent", async ({
  page,
  appUrl,
  emulator,
  database,
}) => {
  await makeHistory({ appUrl, siteUrl: emulator.siteUrl, username: "demo", database })
  // By hand, because it presses Allow.
  await signInByHand(page, "/sessions")
  await expect(page.getByRole("main").getByRole("listitem")).toContainText([
    /This browser/,
    /Safari on iPhone.*Last seen 5 hours ago · signed in \d+ \w+ \d{4}, \d\d:\d\d/,
    /Firefox on Windows.*Last seen 3 days ago · signed in \d+ \w+ \d{4}, \d\d:\d\d/,
  ])
  await page.goto("/integrations/bitbucket")
  await expect(page.getByText("Connected", { exact: true }).first()).toBeVisible()
  await page.goto("/activity")
  await expect(page.locator(".entry")).toContainText([
    "Signed in with Chrome",
    "Signed out of Chrome on macOS: the session expired",
    "Signed in with Safari on iPhone",
    "Signed in with Firefox on Windows",
    "Signed in with Chrome on macOS",
  ])
})
