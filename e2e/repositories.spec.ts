import type { Page } from "@playwright/test"
import { expect, test } from "./fixtures"
import { accessibilityFaults, expectGoodInEveryLook } from "./looks"
import { signIn, signInFrom, withCookiesOf } from "./person"

test.use({
  appSettings: {
    AUTH_BITBUCKET_ID: "emulatorReposKey12",
    AUTH_BITBUCKET_SECRET: "emulatorReposSecret1234567890123",
    BITBUCKET_SCOPES: "account email repository",
  },
})

const names = (page: Page) =>
  page.getByRole("region", { name: "Repositories" }).getByRole("listitem").getByRole("link")

const picker = (page: Page) => page.getByRole("combobox", { name: "By name, in all your workspaces" })

const path = "/workspaces/emulated-works"

test("a person sees their repositories with visibility, language and last update, and opens one", async ({
  page,
  emulator,
}) => {
  await signInFrom(page, "/workspaces")
  const workspaces = page.getByRole("region", { name: "Your workspaces" }).getByRole("listitem")
  await expect(workspaces).toHaveText([
    /Demo Person\s*demo · 3 repositories · Administrator$/,
    /Emulated Works\s*emulated-works · 137 repositories · Administrator$/,
  ])
  await workspaces.getByRole("link", { name: "Demo Person" }).click()
  await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()
  const rows = page.getByRole("region", { name: "Repositories" }).getByRole("listitem")
  await expect(rows.filter({ hasText: "Hello World" })).toContainText(
    /Public.*Where one begins\..*typescript.*Updated/,
  )
  await expect(rows.filter({ hasText: "dotfiles" })).toContainText(/Private.*shell.*Updated/)
  await expect(page.getByText("3 repositories", { exact: true })).toBeVisible()
  await expect(page.getByRole("link", { name: "Hello World" })).toHaveAttribute(
    "href",
    `${emulator.siteUrl}/demo/hello-world`,
  )
})

test("a hundred and thirty-seven repositories fill six pages, and Next and Previous work", async ({
  page,
  emulator,
}) => {
  await signInFrom(page, `${path}?sort=name`)
  await expect(page.getByText("137 repositories, page 1")).toBeVisible()
  await expect(page.getByRole("link", { name: "Previous page" })).toHaveCount(0)
  const seen = new Set(await names(page).allTextContents())
  for (let number = 2; number <= 6; number++) {
    await emulator.control.clearRequests()
    await page.getByRole("link", { name: "Next page" }).click()
    await expect(page).toHaveURL(`${path}?sort=name&page=${number}`)
    await expect(page.getByText(`137 repositories, page ${number}`)).toBeVisible()
    for (const name of await names(page).allTextContents()) seen.add(name)
    const requests = (await emulator.control.listRequests()).filter(({ path: at }) =>
      at.includes("repositories"),
    )
    // Of Bitbucket's pages, each twice as long as ours, only the one that is on display.
    expect(requests.map(({ query }) => query.page)).toEqual([
      [undefined, "2", "3"][Math.ceil(number / 2) - 1],
    ])
  }
  expect(seen.size).toBe(137)
  await expect(page.getByRole("link", { name: "Next page" })).toHaveCount(0)
  await page.getByRole("link", { name: "Previous page" }).click()
  await expect(page.getByText("137 repositories, page 5")).toBeVisible()

  await page.goto(`${path}?sort=name&page=4711`)
  await expect(page.getByText("137 repositories, page 6"), "a number behind the end").toBeVisible()
})

async function searchAndSort(page: Page) {
  await page.getByRole("searchbox", { name: "Words in the name" }).fill("repository 13")
  await page.getByLabel("Order").selectOption("Name, Z to A")
  await page.getByRole("button", { name: "Search" }).click()
  await expect(page).toHaveURL(`${path}?q=repository+13&sort=name-desc`)
  await expect(names(page)).toHaveText(
    [137, 136, 135, 134, 133, 132, 131, 130, 113]
      .map((number) => `Repository ${number}`)
      .concat("Repository 013"),
  )
  await expect(page.getByText("10 repositories", { exact: true })).toBeVisible()
  await expect(page.getByRole("searchbox")).toHaveValue("repository 13")
  await expect(page.getByLabel("Order")).toHaveValue("name-desc")
}

test("a person searches and sorts, and the other pages keep the search and the order", async ({
  page,
  emulator,
}) => {
  await signInFrom(page, path)
  await expect(names(page).first()).toHaveText("Repository 137")
  await searchAndSort(page)

  await page.getByRole("searchbox").fill("00")
  await page.getByRole("button", { name: "Search" }).click()
  await expect(page.getByText("10 repositories")).toBeVisible()
  await page.getByRole("searchbox").fill("0")
  await page.getByRole("button", { name: "Search" }).click()
  await page.getByRole("link", { name: "Next page" }).click()
  await expect(page).toHaveURL(`${path}?q=0&sort=name-desc&page=2`)
  await expect(page.getByRole("searchbox")).toHaveValue("0")

  const requests = (await emulator.control.listRequests()).filter(({ path: at }) =>
    at.includes("repositories"),
  )
  expect(requests.map(({ query }) => query.q)).toEqual(
    expect.arrayContaining([undefined, 'name ~ "repository" AND name ~ "13"', 'name ~ "00"', 'name ~ "0"']),
  )
})

test("a search with query syntax in it finds nothing, and the page shows it as typed", async ({ page }) => {
  await signInFrom(page, path)
  const search = '" OR name ~ "Repository" <b>'
  await page.getByRole("searchbox").fill(search)
  await page.getByRole("button", { name: "Search" }).click()
  await expect(page.getByText("No repository has all these words in its name.")).toBeVisible()
  await expect(page.getByRole("searchbox")).toHaveValue(search)
  await page.getByRole("link", { name: "Show all" }).click()
  await expect(page).toHaveURL(path)
  await expect(page.getByText("137 repositories, page 1")).toBeVisible()
})

test("a workspace without a repository says so", async ({ page }) => {
  await signInFrom(page, "/workspaces/many", "many")
  await expect(page.getByText("This workspace has no repository that you may see.")).toBeVisible()
})

test("if only the repositories cannot be read, the workspace still appears", async ({ page, emulator }) => {
  await signInFrom(page, "/profile")
  await emulator.control.addFault({
    match: { path: "/2.0/repositories/*" },
    kind: "status",
    status: 503,
    times: null,
  })
  await page.goto(path)
  await expect(page.getByText("Your role: Owner")).toBeVisible()
  await expect(page.getByRole("region", { name: "Repositories" })).toContainText(
    "Bitbucket is not answering.",
  )
})

test("the app does not follow a hostile next link, and sends it no token", async ({ page, emulator }) => {
  await signInFrom(page, "/profile")
  await emulator.control.addFault({
    match: { path: "/2.0/repositories/demo" },
    kind: "status",
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      values: [{ full_name: "demo/only", name: '<img src=x onerror="alert(1)">' }],
      next: `${emulator.siteUrl}/2.0/repositories/demo?page=2`,
    }),
    times: null,
  })
  await emulator.control.clearRequests()
  await page.goto("/workspaces/demo?page=2")
  await expect(names(page)).toHaveText(['<img src=x onerror="alert(1)">'])
  await expect(page.getByText("There is more on Bitbucket")).toBeVisible()
  const requests = await emulator.control.listRequests()
  expect(requests.filter(({ origin, authorization }) => origin === "site" && authorization)).toEqual([])
  expect(requests.filter(({ path: at }) => at.startsWith("/2.0/repositories"))).toHaveLength(1)
})

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false })

  test("a person goes from their workspaces to a repository by search, order and page", async ({ page }) => {
    await signInFrom(page, "/workspaces")
    await page.getByRole("link", { name: "Emulated Works" }).click()
    await expect(page.getByText("137 repositories, page 1")).toBeVisible()
    await page.getByRole("link", { name: "Next page" }).click()
    await expect(page.getByText("137 repositories, page 2")).toBeVisible()
    await page.goto(path)
    await searchAndSort(page)
  })

  test("a person finds a repository by the form, and its details behind its name", async ({ page }) => {
    await signInFrom(page, "/workspaces")
    await picker(page).fill("hello")
    await page.keyboard.press("Enter")
    await expect(page).toHaveURL("/workspaces?q=hello")
    await expect(page.getByText("1 repository has this in the name.")).toBeVisible()
    await page.getByRole("link", { name: "Demo Person / Hello World" }).click()
    await expect(page).toHaveURL("/workspaces?repository=demo%2Fhello-world")
    await expect(page.getByRole("region", { name: "Hello World" })).toContainText("/demo/hello-world.git")
  })
})

test("nonsense in the URL leads to the default, and none of it reaches Bitbucket", async ({
  request,
  emulator,
  appUrl,
}) => {
  await signIn(request, "/profile")
  const client = await withCookiesOf(request, appUrl)
  await emulator.control.clearRequests()
  for (const query of [
    "sort=-size",
    "page=0",
    "page=NaN",
    `q=${"x".repeat(101)}`,
    "q[]=x",
    "q=%22",
    "sort=name&sort=name",
  ])
    expect((await client.get(`${path}?${query}`)).status(), query).toBe(200)
  const requests = (await emulator.control.listRequests()).filter(({ path: at }) =>
    at.includes("repositories"),
  )
  expect(requests).toHaveLength(7)
  for (const { query } of requests)
    expect([query.sort, query.q, query.page]).toEqual(["-updated_on", undefined, undefined])
})

test("the lists are readable and usable in every look", async ({ page, expectedConsoleErrors }) => {
  // The browser reports the 404 of the one page that does not exist.
  expectedConsoleErrors.push(/status of 404/)
  await signInFrom(page, "/profile")
  for (const [name, at] of [
    ["repositories", `${path}?page=2`],
    ["repositories of a person", "/workspaces/demo"],
    ["no repository found", `${path}?q=nothing+like+it`],
    ["no workspace", "/workspaces/none-such"],
  ] as const) {
    await page.goto(at)
    await expectGoodInEveryLook(page, name)
  }
})

test("on a phone of 320 pixels every link of the navigation is visible", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 })
  await signInFrom(page, "/workspaces/demo")
  const links = page.getByRole("navigation", { name: "Your account" }).getByRole("link")
  await expect(links).toHaveCount(5)
  for (const link of await links.all()) await expect(link).toBeInViewport({ ratio: 1 })
})

test("a person picks a repository of any workspace as they type, with the keyboard alone", async ({
  page,
}) => {
  await signInFrom(page, "/workspaces")
  const field = picker(page)
  await field.focus()
  await page.keyboard.type("hello")
  const status = page.getByRole("status").filter({ hasText: /repository|Picked/ })
  await expect(status).toHaveText("1 repository found.")
  const option = page.getByRole("option", { name: "Hello World" })
  await expect(option).toHaveAttribute("aria-selected", "false")
  await page.keyboard.press("ArrowDown")
  await expect(field).toHaveAttribute("aria-activedescendant", (await option.getAttribute("id")) ?? "")
  await expect(option).toHaveAttribute("aria-selected", "true")
  await expect(page.getByRole("listbox", { name: /^By name, in all/ })).toBeVisible()
  expect(await accessibilityFaults(page)).toEqual([])

  await page.keyboard.press("Escape")
  await expect(page.getByRole("listbox")).toHaveCount(0)
  await expect(field).toHaveValue("hello")
  await expect(field).toHaveAttribute("aria-expanded", "false")
  await page.keyboard.press("ArrowDown")
  await page.keyboard.press("Enter")
  await expect(page).toHaveURL("/workspaces?repository=demo%2Fhello-world")
  await expect(status).toHaveText("Picked demo/hello-world.")
  await expect(field).toBeFocused()
  const picked = page.getByRole("region", { name: "Hello World" })
  await expect(picked).toContainText("Where one begins.")
  await expect(picked).toContainText("/demo/hello-world.git")
  // Picking makes room for the details. Nothing moves when their own address is opened.
  await page.reload()
  await picked.getByText("What an app receives when you pick it").click()
  await expect(picked).toContainText('"slug": "hello-world"')
  await expectGoodInEveryLook(page, "a picked repository")
})

test("the picker says what is missing from its list, and Enter leads to all that was found", async ({
  page,
}) => {
  await signInFrom(page, "/workspaces")
  await picker(page).click()
  await expect(page.getByRole("option"), "what changed last, before a word is typed").toHaveCount(13)
  const status = page.getByRole("status").filter({ hasText: "repositories found." })
  await expect(status).toHaveText("13 repositories found. There are more in emulated-works.")
  await page.keyboard.type("repository 13")
  await expect(status).toHaveText("10 repositories found.")
  await page.keyboard.press("Enter")
  await expect(page).toHaveURL("/workspaces?q=repository+13")
  await expect(page.getByText("10 repositories have this in the name.")).toBeVisible()
})

test("the picker searches for what was typed before its script had come", async ({ page }) => {
  await signInFrom(page, "/privacy")
  let letScriptsCome = () => {}
  const isTyped = new Promise<void>((resolve) => {
    letScriptsCome = resolve
  })
  await page.route("**/*.js", async (route) => {
    await isTyped
    await route.continue()
  })
  await page.goto("/workspaces", { waitUntil: "commit" })
  await picker(page).pressSequentially("hello")
  letScriptsCome()
  await expect(page.getByRole("option", { name: "Hello World" })).toBeVisible()
})

test("the picker says that Bitbucket is not answering, and tries again at the next letter", async ({
  page,
  emulator,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/status of 503/)
  await signInFrom(page, "/workspaces")
  await emulator.control.addFault({ match: { origin: "api" }, kind: "status", status: 503, times: null })
  await picker(page).pressSequentially("notes")
  await expect(page.getByRole("status").filter({ hasText: "Bitbucket is not answering." })).toHaveCount(1)
  await emulator.control.clearFaults()
  await picker(page).press("Backspace")
  await page.getByRole("option", { name: "Reykjavík Notes" }).click()
  await expect(page.getByRole("region", { name: "Reykjavík Notes" })).toBeVisible()
})

test("a repository that the person may not see is not shown, whatever the address says", async ({ page }) => {
  await signInFrom(page, "/workspaces?repository=locked-works/vault")
  await expect(page.getByText("Bitbucket does not let you see this.")).toBeVisible()
  await page.goto("/workspaces?repository=../user")
  await expect(page.getByRole("region", { name: "Your workspaces" })).toBeVisible()
})

test("the search of the picker is for signed-in people, and nothing keeps what it finds", async ({
  page,
  request,
  appUrl,
}) => {
  const anonymous = await request.get("/api/repositories?q=hello")
  expect(anonymous.status()).toBe(401)
  await signInFrom(page, "/profile")
  const client = await withCookiesOf(page, appUrl)
  const response = await client.get("/api/repositories?q=hello")
  expect(response.headers()["cache-control"]).toContain("no-store")
  expect(await response.json()).toMatchObject({ repositories: [{ slug: "hello-world" }], missing: [] })
})

test("a search with many results says where there are more, and asks each workspace once", async ({
  page,
  emulator,
}) => {
  await signInFrom(page, "/workspaces")
  await emulator.control.clearRequests()
  await page.goto("/workspaces?q=e")
  await expect(page.getByRole("link", { name: "All of them in emulated-works" })).toHaveAttribute(
    "href",
    "/workspaces/emulated-works?q=e",
  )
  const asked = (await emulator.control.listRequests()).filter(({ origin }) => origin === "api")
  expect(asked.map(({ path }) => path).sort()).toEqual([
    "/2.0/repositories/demo",
    "/2.0/repositories/emulated-works",
    "/2.0/user/workspaces",
  ])
})

test("the page names a workspace that Bitbucket does not open, and searches the others", async ({ page }) => {
  await signInFrom(page, "/workspaces", "locked")
  await page.goto("/workspaces?q=vault")
  await expect(page.getByText("Bitbucket did not show what is in locked-works.")).toBeVisible()
})
