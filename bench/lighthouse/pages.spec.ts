import { expect, test } from "../../e2e/fixtures"
import { cookiesOf, signInFrom } from "../../e2e/person"
import { isLeftOutBySearch, privatePages, publicPages } from "./every-page"
import { gradesOf } from "./grades"

// Repeats the run if Chromium lost the recording.
test.describe.configure({ timeout: 300_000 })

/**
 * Some pages must not be indexed, which Lighthouse considers an SEO fault. For those we check the other grades,
 * and that the response itself says so.
 */
async function expectFullMarks(url: string, path: string, cookie?: string): Promise<void> {
  const isLeftOut = isLeftOutBySearch(path)
  const { grades, lost, layoutShift } = await gradesOf(
    url + path,
    ["accessibility", "best-practices", "seo", "performance"],
    { ...(cookie && { cookie }), ...(isLeftOut && { without: ["is-crawlable"] }) },
  )
  process.stdout.write(`${path} ${JSON.stringify(grades)} ${layoutShift}\n`)
  expect
    .soft(grades, `${path}: ${lost}`)
    .toMatchObject({ accessibility: 100, "best-practices": 100, seo: 100 })
  expect.soft(layoutShift, path).toBe(0)
  const html = await (await fetch(url + path, { headers: cookie ? { cookie } : {} })).text()
  expect.soft(/<meta name="robots" content="noindex/.test(html), `${path} says noindex`).toBe(isLeftOut)
}

for (const path of publicPages)
  test(`Lighthouse finds nothing to improve on ${path}, and nothing in it moves`, async ({ appUrl }) => {
    await expectFullMarks(appUrl, path)
  })

test("Lighthouse finds nothing to improve on a person's own pages, and nothing in them moves", async ({
  page,
  appUrl,
}) => {
  test.setTimeout(900_000)
  await signInFrom(page, "/profile")
  const cookie = await cookiesOf(page, appUrl)
  for (const path of privatePages) await expectFullMarks(appUrl, path, cookie)
})
