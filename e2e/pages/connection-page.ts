import { expect, type Page } from "@playwright/test"

/** The place where React will put streamed content: it disappears once the content is in place. */
export const placeOfWhatStreamsIn = '<template id="B:'

/**
 * Presses a button or follows a link of the connection page once the whole page is in place: known data streams
 * first, Bitbucket’s answer then replaces it, and a click in between would be lost. A notice has its link above the others.
 */
export async function pressOnConnectionPage(
  page: Page,
  role: "button" | "link",
  name: string,
): Promise<void> {
  await expect(page.locator("template[id^='B:']")).toHaveCount(0)
  await page.getByRole("main").getByRole(role, { name, exact: true }).first().click()
}
