import { expect, type Page } from "@playwright/test"

/** Where React will put what streams in: it is gone as soon as that is in its place. */
export const placeOfWhatStreamsIn = '<template id="B:'

/**
 * Presses a button or follows a link of the connection page once all of it is in its place: what is known streams
 * first and is replaced by what Bitbucket says, and a press that falls between the two is nobody's.
 */
export async function pressOnConnectionPage(
  page: Page,
  role: "button" | "link",
  name: string,
): Promise<void> {
  await expect(page.locator("template[id^='B:']")).toHaveCount(0)
  await page.getByRole("main").getByRole(role, { name, exact: true }).click()
}
