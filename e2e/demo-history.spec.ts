import { makeHistory } from "../scripts/demo-history"
import { expect, test } from "./fixtures"
import { signInByHand } from "./person"

test("the demo's user has two older sessions, and Bitbucket still asks for consent at the first sign-in", async ({
  page,
  appUrl,
  emulator,
}) => {
  await makeHistory(appUrl, emulator.siteUrl, "demo")
  // By hand, because it presses Allow.
  await signInByHand(page, "/sessions")
  await expect(page.getByRole("main").getByRole("listitem")).toContainText([
    "This browser",
    "Safari on iPhone",
    "Firefox on Windows",
  ])
  await page.goto("/integrations/bitbucket")
  await expect(page.getByText("Connected", { exact: true }).first()).toBeVisible()
  await page.goto("/activity")
  await expect(page.locator(".entry")).toContainText([
    "Signed in with Chrome",
    "Signed in with Safari on iPhone",
    "Signed in with Firefox on Windows",
  ])
})
