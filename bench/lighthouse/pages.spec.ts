import { expect, test } from "../../e2e/fixtures"
import { cookiesOf, signInFrom } from "../../e2e/person"
import { gradesOf } from "./grades"

// A recording that Chromium lost is made again.
test.describe.configure({ timeout: 180_000 })

for (const path of ["/", "/signin"])
  test(`Lighthouse finds nothing to better on ${path}, and nothing in it moves`, async ({ appUrl }) => {
    const { grades, lost, layoutShift } = await gradesOf(appUrl + path, [
      "accessibility",
      "best-practices",
      "seo",
      "performance",
    ])
    expect(grades, lost).toMatchObject({ accessibility: 100, "best-practices": 100, seo: 100 })
    expect(layoutShift).toBe(0)
  })

test("Lighthouse finds nothing to better on the page after disconnecting", async ({ appUrl }) => {
  const { grades, lost } = await gradesOf(`${appUrl}/disconnected`, ["accessibility", "best-practices"])
  expect(grades, lost).toEqual({ accessibility: 100, "best-practices": 100 })
})

test("Lighthouse finds nothing to better on a person's profile, and nothing in it moves", async ({
  page,
  appUrl,
}) => {
  await signInFrom(page, "/profile")
  const { grades, lost, layoutShift } = await gradesOf(
    `${appUrl}/profile`,
    ["accessibility", "best-practices", "performance"],
    await cookiesOf(page, appUrl),
  )
  expect(grades, lost).toMatchObject({ accessibility: 100, "best-practices": 100 })
  expect(layoutShift).toBe(0)
})
