import type { Page } from "@playwright/test"
import { expect, test } from "./fixtures"
import { layoutFaults } from "./layout-faults"
import { accessibilityFaults, expectGoodInEveryLook, expectGoodLayout, layoutShifts } from "./looks"
import { placeOfWhatStreamsIn } from "./pages/connection-page"
import { readProfileAgo, signInFrom } from "./person"

// Far from the server's UTC, so the page has to convert the times before it shows them.
test.use({ timezoneId: "America/New_York" })

const publicPages = [
  { name: "landing", path: "/" },
  { name: "sign-in", path: "/signin?next=%2Fintegrations%2Fbitbucket" },
  { name: "sign-in again", path: "/signin?next=%2Fprofile&reason=reauthorization" },
  { name: "sign-in after a pressed button", path: "/signin?next=%2Fprofile&reason=session_over" },
  { name: "sign-in after leaving a workspace", path: "/signin?next=%2Fprofile&reason=not_admitted" },
  { name: "stored data", path: "/privacy" },
  { name: "disconnected", path: "/disconnected" },
  { name: "erased", path: "/disconnected?data=deleted" },
]

const privatePages = [
  { name: "profile", path: "/profile" },
  { name: "connection", path: "/integrations/bitbucket" },
  { name: "profile with its details for developers", path: "/profile?show=developers" },
  { name: "workspaces", path: "/workspaces" },
  { name: "workspace without its repositories", path: "/workspaces/emulated-works" },
  { name: "sessions", path: "/sessions" },
  { name: "activity", path: "/activity" },
  { name: "landing when signed in", path: "/" },
  { name: "sign-in when signed in", path: "/signin" },
]

test("every public page is readable and usable in every look", async ({ page }) => {
  for (const { name, path } of publicPages) {
    expect((await page.goto(path))?.status(), name).toBe(200)
    await expectGoodInEveryLook(page, name)
  }
})

test("every page of a signed-in person is readable and usable in every look", async ({ page }) => {
  await signInFrom(page, "/profile")
  for (const { name, path } of privatePages) {
    expect((await page.goto(path))?.status(), name).toBe(200)
    await expectGoodInEveryLook(page, name)
  }
})

test("browsers that ask for an icon before they read the page find one", async ({ request }) => {
  const icon = await request.get("/favicon.ico")
  expect([icon.status(), icon.headers()["content-type"]]).toEqual([200, "image/x-icon"])
})

test("a URL without a page says so, in every look", async ({ page, expectedConsoleErrors }) => {
  expectedConsoleErrors.push(/status of 404/)
  expect((await page.goto("/no/such/page"))?.status()).toBe(404)
  await expectGoodInEveryLook(page, "not found")
})

for (const username of ["plain", "former", "longname", "una", "twins"])
  test(`the profile of ${username}, with data missing or oversized, looks intended`, async ({ page }) => {
    await signInFrom(page, "/profile", username)
    await expectGoodInEveryLook(page, `profile of ${username}`)
  })

test("the question before disconnecting is readable and usable in every look", async ({ page }) => {
  await signInFrom(page, "/integrations/bitbucket")
  await page.getByRole("button", { name: "Disconnect…" }).click()
  await expect(page.getByRole("dialog")).toContainText(
    "Your permission for this site stays on Bitbucket until you remove it there.",
  )
  const there = page.getByRole("dialog").getByRole("link", { name: "remove it there" })
  expect(await there.getAttribute("href")).toMatch(/\/account\/settings\/app-authorizations\/$/)
  await expectGoodInEveryLook(page, "disconnect")
})

test("the connection page reports a grant that Bitbucket has ended while its token still works, and the sign-in page reports it afterwards", async ({
  page,
  bitbucket,
  emulator,
  database,
}) => {
  await signInFrom(page, "/integrations/bitbucket")
  const asSent = async () => (await page.request.get("/integrations/bitbucket")).text()
  expect(await asSent()).toContain(placeOfWhatStreamsIn)
  await database.query(
    "update connection set status = 'dead', last_failure = 'dead_grant', last_failure_at = now()",
  )
  await page.reload()
  await expect(page.getByRole("main").getByRole("status").first()).toContainText(
    "Bitbucket ended this connection",
  )
  await expectGoodInEveryLook(page, "connection ending")
  // So that nothing replaces the link while the test clicks it.
  expect(await asSent()).not.toContain(placeOfWhatStreamsIn)

  await database.query("update connection set status = 'active', expires_at = now() - interval '1 second'")
  await emulator.control.revokeGrants("demo")
  for (const path of ["/integrations/bitbucket", "/profile", "/sessions"]) {
    await page.goto(path)
    await expect(page).toHaveURL(`/signin?next=${encodeURIComponent(path)}&reason=reauthorization`)
    await expect(page.getByRole("main").getByRole("status")).toContainText(
      "Your connection to Bitbucket has ended",
    )
  }
  await expectGoodInEveryLook(page, "connection ended")
  await page.getByRole("link", { name: "Sign in with Bitbucket", exact: true }).click()
  await bitbucket.allow()
  await expect(page).toHaveURL("/sessions")
})

test("a profile that cannot be read now shows its last known version, with the time", async ({
  page,
  emulator,
  database,
}) => {
  await signInFrom(page, "/profile")
  await emulator.control.addFault({ match: { path: "/2.0/user" }, kind: "status", status: 503, times: null })
  await readProfileAgo(database, "3 hours")
  await page.reload()
  await expect(page.getByText("Bitbucket is not answering.")).toBeVisible()
  await expect(page.getByText("3 hours ago").first()).toBeVisible()
  // The notice comes when Bitbucket has not answered, and moves what is below it.
  await expectGoodLayout(page, "profile while Bitbucket is down")
})

for (const javaScriptEnabled of [true, false])
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled, viewport: { width: 320, height: 640 } })

    test("a phone shows the navigation in one row, with the current page visible", async ({ page }) => {
      await signInFrom(page, "/profile")
      for (const [path, name] of [
        ["/profile", "Profile"],
        ["/integrations/bitbucket", "Connection"],
        ["/workspaces", "Workspaces"],
        ["/sessions", "Sessions"],
        ["/activity", "Activity"],
      ] as const) {
        await page.goto(path)
        const navigation = page.getByRole("navigation", { name: "Your account" })
        const links = await navigation.getByRole("link").all()
        const tops = await Promise.all(links.map(async (link) => (await link.boundingBox())?.y))
        expect(new Set(tops).size, path).toBe(1)
        const open = navigation.locator("[aria-current=page]")
        await expect(open).toHaveText(name)
        await expect(open).toBeInViewport({ ratio: 1 })
      }
    })
  })

for (const colour of ["#ffd400", "#0a7d55", "#e6007a", "#101010"])
  test(`a brand colour ${colour} is readable everywhere it appears, light and dark`, async ({ page }) => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
      await page.goto("/")
      await page.evaluate((value) => document.documentElement.style.setProperty("--brand", value), colour)
      expect(await accessibilityFaults(page), colorScheme).toEqual([])
    }
  })

test("times are in the viewer's own time zone and name it, after a load and after a navigation", async ({
  page,
}) => {
  await signInFrom(page, "/integrations/bitbucket")
  const since = page
    .locator("dd", { has: page.locator("time") })
    .first()
    .locator("time")
    .first()
  await expect(since).toHaveText(/^\d+ \w+ \d{4}, \d\d:\d\d GMT-[45]$/)
  await expect(since).toHaveAttribute("title", / UTC$/)
  await page.getByRole("link", { name: "Activity", exact: true }).click()
  await expect(page.getByText("Times are in Eastern Time.")).toBeVisible()
  const clock = page.locator(".entry time").first()
  await expect(clock).toHaveText(/^\d\d:\d\d$/)
  const hours = (text: string) => Number(/\d\d(?=:)/.exec(text)?.[0])
  const [shown, inUtc] = [await clock.textContent(), await clock.getAttribute("title")]
  expect([4, 5]).toContain((hours(inUtc ?? "") - hours(shown ?? "") + 24) % 24)
})

test("activity is grouped by day in the viewer's time zone", async ({ page, database }) => {
  await signInFrom(page, "/profile")
  // The first two are on 9 March in New York, and on two days in Greenwich.
  for (const at of ["2026-03-10T03:00:00Z", "2026-03-09T20:00:00Z", "2026-03-08T12:00:00Z"].reverse())
    await database.query(
      "insert into activity (account_uuid, kind, at) select account_uuid, 'renewed', $1 from connection",
      [at],
    )
  await database.query("delete from activity where kind = 'signed_in'")
  await page.goto("/activity")
  // Today has the uses of the token, which the server counts for the other tests of this user too.
  const days = page.getByRole("main").getByRole("heading", { level: 2 }).filter({ hasText: "March" })
  await expect(days).toHaveText(["9 March 2026", "8 March 2026"])
  await expect(page.getByText("Connection renewed")).toHaveCount(3)
})

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false })

  test("every page is laid out as well as with it", async ({ page }) => {
    const check = async ({ name, path }: { name: string; path: string }) => {
      await page.goto(path)
      await page.keyboard.press("Tab")
      for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 800 })
        expect(await page.evaluate(layoutFaults), `${name}, ${width} pixels wide`).toEqual([])
      }
    }
    for (const one of publicPages) await check(one)
    await signInFrom(page, "/profile")
    for (const one of privatePages) await check(one)
  })

  test("times are in UTC and say so", async ({ page }) => {
    await signInFrom(page, "/activity")
    await expect(page.getByText("Times are in UTC.")).toBeVisible()
    const clock = page.locator(".entry time").first()
    const shown = (await clock.textContent()) ?? ""
    expect(shown).toMatch(/^\d\d:\d\d$/)
    await expect(clock).toHaveAttribute("title", new RegExp(`, ${shown} UTC$`))
  })

  test("a person signs in, sees their profile, chooses a theme and signs out", async ({
    page,
    bitbucket,
    database,
  }) => {
    await page.goto("/signin?next=%2Fprofile")
    await page.getByRole("link", { name: "Sign in with Bitbucket", exact: true }).click()
    await bitbucket.signInAndAllow("demo")
    await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()
    await page.getByRole("button", { name: "dark" }).click()
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark")
    await page.getByRole("button", { name: "Sign out" }).click()
    await expect(page).toHaveURL("/")
    expect((await database.query("select 1 from session")).rowCount).toBe(0)
  })

  test("a person disconnects, and learns what Bitbucket keeps", async ({ page, database }) => {
    await signInFrom(page, "/integrations/bitbucket")
    await page.getByRole("button", { name: "Disconnect…" }).click()
    await expect(page.getByRole("dialog").getByText("until you remove it there")).toBeVisible()
    await page.getByRole("button", { name: "Disconnect now" }).click()
    await expect(page).toHaveURL("/disconnected")
    await expect(page.getByRole("link", { name: "Remove your permission on Bitbucket" })).toBeVisible()
    expect((await database.query("select 1 from connection")).rowCount).toBe(0)
  })

  test("a person ends the session of another browser", async ({
    page,
    browser,
    appUrl,
    database,
    emulator,
  }) => {
    await emulator.control.changeConfig({ remember_allow: false })
    await signInFrom(page, "/profile")
    const elsewhere = await browser.newContext({
      baseURL: appUrl,
      storageState: await page.context().storageState(),
      userAgent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/19.0 Safari/605.1.15",
    })
    await page.context().clearCookies()
    await signInFrom(page, "/sessions")
    expect((await database.query("select 1 from session")).rowCount).toBe(2)
    await page.getByRole("button", { name: /^Sign out of / }).click()
    await expect(page.getByRole("button", { name: /^Sign out of / })).toHaveCount(0)
    const other = await elsewhere.request.get("/profile", { maxRedirects: 0 })
    expect(other.status()).toBe(307)
    await elsewhere.close()
  })
})

test("going from the landing page to the profile and out again needs no mouse", async ({
  page,
  bitbucket,
}) => {
  await page.goto("/")
  await page.keyboard.press("Tab")
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused()
  await page.keyboard.press("Enter")
  await tabTo(
    page,
    page.getByRole("main").getByRole("link", { name: "Sign in with Bitbucket", exact: true }).first(),
  )
  await page.keyboard.press("Enter")
  await bitbucket.signInByKeyboard("demo")
  await expect(page).toHaveURL("/profile")
  await tabTo(page, page.getByRole("link", { name: "Connection", exact: true }))
  await page.keyboard.press("Enter")
  await expect(page).toHaveURL("/integrations/bitbucket")
  await tabTo(page, page.getByRole("button", { name: "Disconnect…" }))
  await page.keyboard.press("Enter")
  await expect(page.getByRole("dialog")).toBeVisible()
  await page.keyboard.press("Escape")
  await expect(page.getByRole("dialog")).toBeHidden()
  await expect(page.getByRole("button", { name: "Disconnect…" })).toBeFocused()
  await tabTo(page, page.getByRole("button", { name: "Sign out" }))
  await page.keyboard.press("Enter")
  await expect(page).toHaveURL("/")
})

type Target = ReturnType<Page["getByRole"]>

async function tabTo(page: Page, target: Target): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press("Tab")
  }
  throw new Error("The keyboard does not get there")
}

for (const viewport of [
  { width: 375, height: 740 },
  { width: 1280, height: 800 },
])
  test(`nothing moves while a page is loading, ${viewport.width} pixels wide, however slow Bitbucket is`, async ({
    page,
    emulator,
    database,
  }) => {
    await page.setViewportSize(viewport)
    const shiftsOn = async (path: string) => {
      await page.goto(path, { waitUntil: "networkidle" })
      expect(await page.evaluate(() => window.scrollY), `${path} opens at its top`).toBe(0)
      return layoutShifts(page)
    }
    for (const { path } of publicPages) expect(await shiftsOn(path), path).toEqual([])
    await signInFrom(page, "/profile", "zoe")
    await emulator.control.changeConfig({ latency_ms: 400 })
    for (const { path } of privatePages) {
      await readProfileAgo(database, "2 hours")
      expect(await shiftsOn(path), path).toEqual([])
    }
  })

test("the system's theme, or the one a person chose, is there from the first paint", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "dark" })
  await page.goto("/")
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const dark = await background()
  await page.getByRole("button", { name: "light" }).click()
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light")
  expect(await background()).not.toBe(dark)
  const html = await (await page.request.get("/")).text()
  expect(html).toMatch(/<html[^>]*data-theme="light"/)
  await signInFrom(page, "/profile")
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light")
  expect(await accessibilityFaults(page)).toEqual([])
})
