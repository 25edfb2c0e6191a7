import { expect, test } from "./fixtures"
import { locationOf, refreshRequests, signIn, signInFrom, withCookiesOf } from "./person"
import { seedFor } from "./seeds"
import { timeOf } from "./usual-time"

/** The app's API requests since the journal was cleared, without the refresh of an open page. */
async function apiPaths(emulator: {
  control: { listRequests(): Promise<{ origin: string; path: string }[]> }
}) {
  const requests = await emulator.control.listRequests()
  return requests.filter(({ origin }) => origin === "api").map(({ path }) => path)
}

test("a person finds their workspaces, with their role in each, and opens one", async ({
  page,
  emulator,
}) => {
  await signInFrom(page, "/profile", "many")
  await emulator.control.clearRequests()
  await page
    .getByRole("navigation", { name: "Your account" })
    .getByRole("link", { name: "Workspaces" })
    .click()
  await expect(page).toHaveURL("/workspaces")
  const rows = page.getByRole("main").getByRole("listitem")
  await expect(rows).toHaveText([
    /Emulated Works\s*emulated-works.* · Member$/,
    /Manu Many\s*many.* · Administrator$/,
    /Northern Lights\s*northern-lights.* · Member$/,
    /Southern Cross\s*southern-cross.* · Member$/,
  ])
  await expect(page.getByText("4 workspaces")).toBeVisible()
  expect(await apiPaths(emulator), "the list, and two questions about each").toHaveLength(9)

  await page.getByRole("link", { name: "Northern Lights" }).click()
  await expect(page.getByRole("heading", { name: "Northern Lights" })).toBeVisible()
  await expect(page.getByText("Member who may create projects")).toBeVisible()
  await expect(page.getByRole("link", { name: "Open on Bitbucket" })).toHaveAttribute(
    "href",
    `${emulator.siteUrl}/northern-lights/`,
  )
  const current = page.getByRole("navigation", { name: "Your account" }).locator("[aria-current]")
  await expect(current).toHaveText(["Workspaces"])
})

test("without the scope the repositories' place says which box to tick and where, and its link returns there", async ({
  page,
  emulator,
}) => {
  await signInFrom(page, "/workspaces/emulated-works?q=tools&sort=name")
  await expect(page.getByRole("heading", { name: "Emulated Works" })).toBeVisible()
  const notice = page.getByRole("main").getByRole("status")
  await expect(notice).toContainText("This site may not see your repositories.")
  await expect(notice).toContainText(
    "open the settings of the workspace that this site is registered in. Under OAuth consumers, edit its entry and tick Repositories: Read; in the newer screens that is OAuth clients, tab Scopes, repository. Then have this site ask for it as well.",
  )
  await notice.getByRole("link", { name: "Sign in at Bitbucket again" }).click()
  await expect(page).toHaveURL("/workspaces/emulated-works?q=tools&sort=name")
  const requests = await emulator.control.listRequests()
  expect(requests.filter(({ path }) => path === "/2.0/repositories/emulated-works")).toMatchObject([
    { status: 403 },
    { status: 403 },
  ])
})

test("a person without a workspace learns that, and where to create one", async ({ page, emulator }) => {
  await signInFrom(page, "/workspaces", "noworkspace")
  await expect(page.getByText("You aren’t in a workspace yet.")).toBeVisible()
  await expect(page.getByRole("link", { name: "on Bitbucket" })).toHaveAttribute(
    "href",
    `${emulator.siteUrl}/`,
  )
})

test("a workspace that locks its members out says so in words", async ({ page }) => {
  await signInFrom(page, "/workspaces", "locked")
  await page.getByRole("link", { name: "locked-works" }).click()
  await expect(page.getByRole("heading", { name: "locked-works" })).toBeVisible()
  await expect(page.getByText("Bitbucket does not let you see this.")).toBeVisible()
  await expect(page.getByRole("link", { name: "Try again" })).toHaveCount(0)
})

test.describe("another person's workspace", () => {
  for (const [what, slug] of [
    ["does not exist", "no-such-workspace"],
    ["belongs to others", "southern-cross"],
    ["is public", "northern-lights"],
    ["cannot exist", "%2e%2e%2fuser"],
  ])
    test(`and ${what} gets a 404 that says so`, async ({ request, appUrl }) => {
      await signIn(request, "/profile")
      const client = await withCookiesOf(request, appUrl)
      const response = await client.get(`/workspaces/${slug}`)
      expect(response.status()).toBe(404)
      expect(await response.text()).toContain("You aren’t in a workspace with this name")
      expect((await client.get("/workspaces")).status(), "and the person stays signed in").toBe(200)
    })
})

test("an anonymous visitor signs in and returns to the list they asked for", async ({
  page,
  bitbucket,
  request,
}) => {
  const wanted = "/workspaces/emulated-works?q=two+words&sort=name&page=2"
  const response = await request.get(wanted, { maxRedirects: 0 })
  expect(response.status()).toBe(307)
  expect(locationOf(response).searchParams.get("next")).toBe(wanted)
  await page.goto(wanted)
  await page.getByRole("main").getByRole("link", { name: "Sign in with Bitbucket", exact: true }).click()
  await bitbucket.signInAndAllow()
  await expect(page).toHaveURL(wanted)
})

test("a session that was ended elsewhere returns to the list as well, whatever the cookie says", async ({
  request,
  database,
  appUrl,
}) => {
  await signIn(request, "/profile")
  const client = await withCookiesOf(request, appUrl)
  await database.query("delete from session")
  const response = await client.get("/workspaces/emulated-works?sort=name&page=2")
  expect(response.status()).toBe(307)
  expect(locationOf(response).searchParams.get("next")).toBe("/workspaces/emulated-works?sort=name&page=2")
})

test("a grant that Bitbucket has ended leads to the sign-in page, which returns to the list afterwards", async ({
  request,
  emulator,
  appUrl,
}) => {
  await signIn(request, "/workspaces?page=1")
  await emulator.control.revokeGrants("demo")
  const client = await withCookiesOf(request, appUrl)
  const response = await client.get("/workspaces")
  expect(response.status()).toBe(307)
  expect(locationOf(response).pathname + locationOf(response).search).toBe(
    "/signin?next=%2Fworkspaces&reason=reauthorization",
  )
})

test("after two hours the page still comes, after one refresh", async ({ page, emulator, database }) => {
  await signInFrom(page, "/profile")
  await database.query("update connection set expires_at = now() - interval '1 second'")
  await page.goto("/workspaces/emulated-works")
  await expect(page.getByRole("heading", { name: "Emulated Works" })).toBeVisible()
  expect(await refreshRequests(emulator)).toMatchObject([{ status: 200 }])
})

test.describe("while Bitbucket", () => {
  const words = (status: number, headers: Record<string, string> = {}) =>
    ({ match: { origin: "api" }, kind: "status", status, headers, times: null }) as const

  for (const [what, fault, title, when] of [
    ["is down", words(503), "Bitbucket is not answering.", "Try again in a minute or two."],
    [
      "says when it will be back",
      words(503, { "retry-after": "30" }),
      "Bitbucket is not answering.",
      "Try again in 30 seconds.",
    ],
    [
      "has had too many requests",
      words(429),
      "Bitbucket has asked us to wait.",
      "Try again in a few minutes.",
    ],
    [
      "asks for a pause",
      words(429, { "retry-after": "240" }),
      "Bitbucket has asked us to wait.",
      "Try again in 4 minutes.",
    ],
    [
      "talks nonsense",
      { match: { origin: "api" }, kind: "html", times: null },
      "Bitbucket’s answer made no sense.",
      "Try again in a minute or two.",
    ],
  ] as const)
    test(`${what}, both pages say so and when to try again`, async ({ page, emulator }) => {
      await signInFrom(page, "/profile")
      await emulator.control.addFault(fault)
      for (const path of ["/workspaces", "/workspaces/emulated-works?sort=name"]) {
        await page.goto(path)
        const notice = page.getByRole("main").getByRole("status")
        await expect(notice).toContainText(title)
        await expect(notice).toContainText(when)
        await expect(notice.getByRole("link", { name: "Try again" })).toHaveAttribute("href", path)
      }
      await emulator.control.clearFaults()
      await page.getByRole("link", { name: "Try again" }).click()
      await expect(page.getByRole("heading", { name: "Emulated Works" })).toBeVisible()
    })

  test("never answers, both pages come within six seconds and say so", async ({
    request,
    emulator,
    database,
    appUrl,
  }) => {
    await signIn(request, "/profile")
    const client = await withCookiesOf(request, appUrl)
    const usual = await timeOf(() => client.get("/workspaces"))
    const limit = 6_000 + 5 * usual
    await emulator.control.addFault({ kind: "hang", times: null })
    const startedBoth = performance.now()
    const pages = await Promise.all(
      ["/workspaces", "/workspaces/emulated-works"].map(async (path) => (await client.get(path)).text()),
    )
    for (const text of pages) expect(text).toContain("Bitbucket is not answering.")
    expect(performance.now() - startedBoth).toBeLessThan(limit)
    await database.query("update connection set expires_at = now() - interval '1 second'")
    const startedAt = performance.now()
    expect(await (await client.get("/workspaces")).text()).toContain("Bitbucket is not answering.")
    expect(performance.now() - startedAt).toBeLessThan(limit)
  })

  test("no longer has an endpoint, the page says so, and its announcement is in the log", async ({
    page,
    emulator,
    appLog,
  }) => {
    await signInFrom(page, "/profile")
    await emulator.control.addFault({
      match: { path: "/2.0/user/workspaces" },
      kind: "status",
      status: 410,
      headers: { "content-type": "application/json" },
      body: '{"type": "error", "error": {"message": "CHANGE-9999 - Functionality has been deprecated"}}',
    })
    await page.goto("/workspaces")
    await expect(page.getByText("Bitbucket no longer offers this to apps.")).toBeVisible()
    await expect.poll(appLog).toContain("CHANGE-9999")
  })
})

test("many workspaces come in pages, by following Bitbucket's own links", async ({
  page,
  emulator,
  appUrl,
}) => {
  await emulator.control.reset({
    ...seedFor(appUrl, ["busy"]),
    workspaces: Array.from({ length: 130 }, (_, index) => ({
      slug: `works-${String(index + 1).padStart(3, "0")}`,
      members: { busy: "member" as const },
    })),
  })
  await signInFrom(page, "/workspaces", "busy")
  await expect(page.getByText("130 workspaces, page 1")).toBeVisible()
  await emulator.control.clearRequests()
  await page.goto("/workspaces?page=5")
  await expect(page.getByRole("link", { name: "works-101" })).toBeVisible()
  const requests = (await emulator.control.listRequests()).filter(({ origin }) => origin === "api")
  // The link to Bitbucket's second page is known from the previous view.
  expect(requests.map(({ path, query }) => [path, query])).toEqual([
    ["/2.0/user/workspaces", { pagelen: "100", sort: "slug", page: "2" }],
  ])
  await page.getByRole("link", { name: "Next page" }).click()
  await expect(page).toHaveURL("/workspaces?page=6")
  await expect(page.getByRole("link", { name: "works-130" })).toBeVisible()
  await expect(page.getByRole("link", { name: "Next page" })).toHaveCount(0)
})

test("nonsense in the URL leads to the first page, and never to an error", async ({ request, appUrl }) => {
  await signIn(request, "/profile")
  const client = await withCookiesOf(request, appUrl)
  for (const query of ["page=0", "page=-1", "page=x", "page=1&page=2", "page=1e99", "page=%00", "page[]=3"])
    for (const path of ["/workspaces", "/workspaces/demo"]) {
      const response = await client.get(`${path}?${query}&sort=constructor&q=a&q=b`)
      expect(response.status(), `${path}?${query}`).toBe(200)
    }
})
