import { existsSync, readFileSync } from "node:fs"
import { createElement } from "react"
import { renderToStaticMarkup } from "react-dom/server"
import { describe, expect, test } from "vitest"
import { ConnectionCard } from "@/registry/connection-card"
import { RepositoryPicker } from "@/registry/repository-picker"
import { SessionsList } from "@/registry/sessions-list"
import { SignInButton } from "@/registry/sign-in-button"

type Item = {
  name: string
  dependencies: string[]
  registryDependencies?: string[]
  files: { path: string }[]
}

const { items }: { items: Item[] } = JSON.parse(readFileSync("registry/registry.json", "utf8"))

test("the registry holds the four looks", () => {
  const names = ["connection-card", "repository-picker", "sessions-list", "sign-in-button"]
  expect(items.map(({ name }) => name).sort()).toEqual(names)
})

describe.each(items)("the item $name", ({ dependencies, registryDependencies, files }) => {
  test("lists files that exist", () => {
    expect(files.length).toBeGreaterThan(0)
    for (const { path } of files) expect(existsSync(`registry/${path}`), path).toBe(true)
  })

  test("lists what its files import, each in an exact version, and nothing else", () => {
    const imported = files.flatMap(({ path }) =>
      [...readFileSync(`registry/${path}`, "utf8").matchAll(/\bfrom "([^"]+)"|\bimport\("([^"]+)"\)/g)].map(
        ([, from, dynamic]) => from ?? dynamic,
      ),
    )
    const others = imported.filter((name) => name !== "react")
    expect(dependencies.map((entry) => entry.replace(/@\d+\.\d+\.\d+$/, "")).sort()).toEqual(others.sort())
    for (const entry of dependencies) expect(entry).toMatch(/.@\d+\.\d+\.\d+$/)
    expect(registryDependencies ?? []).toEqual([])
  })
})

const none = () => {}

test("a sign-in button posts to the address that it is given", () => {
  const html = renderToStaticMarkup(createElement(SignInButton, { action: "/start" }))
  expect(html).toContain('<form action="/start" method="post">')
  expect(html).toContain("Sign in with Bitbucket</button>")
})

test("a connection that has ended can be connected again, and one that works only disconnected", () => {
  const shown = (state: "connected" | "ended") =>
    renderToStaticMarkup(
      createElement(ConnectionCard, {
        name: "Ada",
        state,
        scopes: ["account"],
        onReconnect: none,
        onDisconnect: none,
      }),
    )
  expect(shown("ended")).toContain("Connect again")
  expect(shown("connected")).not.toContain("Connect again")
  expect(shown("connected")).toContain("Disconnect")
})

test("a list of sessions begins with this browser, which cannot be signed out in it", () => {
  const lastSeenAt = new Date("2026-11-30T10:00:00Z")
  const sessions = [
    { reference: "a", browser: "Firefox on Linux", lastSeenAt, isThisBrowser: false },
    { reference: "b", browser: "Safari on iOS", lastSeenAt, isThisBrowser: true },
  ]
  const html = renderToStaticMarkup(createElement(SessionsList, { sessions, onSignOut: none, locale: "en" }))
  expect(html.indexOf("Safari on iOS")).toBeLessThan(html.indexOf("Firefox on Linux"))
  expect([...html.matchAll(/name="session" value="(\w)"/g)].map(([, reference]) => reference)).toEqual(["a"])
  expect(html).toContain("10:00:00")
})

test("a picker is a combobox that a form without a script sends the words of", () => {
  const search = async () => ({ repositories: [], missing: [] })
  const html = renderToStaticMarkup(createElement(RepositoryPicker, { search, label: "Repository" }))
  const field = /<input[^>]*>/.exec(html)?.[0]
  expect(field).toContain('role="combobox"')
  expect(field).toContain('name="q"')
  expect(html, "nothing is picked before someone picks").not.toContain('type="hidden"')
  expect(html, "a policy without inline styles allows it").not.toContain("style=")
})
