import { expect, test } from "../../e2e/fixtures"
import { cookiesOf, signInFrom } from "../../e2e/person"
import { privatePages, publicPages } from "./every-page"
import { gradesOf } from "./grades"

test.describe.configure({ timeout: 600_000 })

/** The median of three: a single grade depends on the machine's other load in those seconds. */
async function performanceOf(url: string, cookie?: string): Promise<number> {
  const grades: number[] = []
  for (let round = 0; round < 3; round++) {
    const { performance = 0 } = (await gradesOf(url, ["performance"], cookie ? { cookie } : {})).grades
    grades.push(performance)
  }
  const { pathname, search } = new URL(url)
  process.stdout.write(`${pathname}${search} ${grades.join(", ")}\n`)
  return grades.sort((a, b) => a - b)[1] ?? 0
}

for (const path of publicPages)
  test(`Lighthouse finds ${path} fast on a slow phone`, async ({ appUrl }) => {
    expect(await performanceOf(appUrl + path)).toBeGreaterThanOrEqual(95)
  })

test("Lighthouse finds a person's own pages fast on a slow phone", async ({ page, appUrl }) => {
  await signInFrom(page, "/profile")
  const cookie = await cookiesOf(page, appUrl)
  for (const path of privatePages)
    expect.soft(await performanceOf(appUrl + path, cookie), path).toBeGreaterThanOrEqual(95)
})
