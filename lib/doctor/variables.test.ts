import { expect, test } from "vitest"
import { inspectEnvironment } from "./inspect-environment"
import { checkVariables } from "./variables"

const usable = {
  NODE_ENV: "production",
  AUTH_SECRET: "correct-horse-battery-staple-0123456789",
  AUTH_URL: "https://app.example",
  AUTH_BITBUCKET_ID: "client-key",
  AUTH_BITBUCKET_SECRET: "client-secret",
  DATABASE_URL: "postgres://user:hunter2@db.example:5432/app?sslmode=require",
  CRON_SECRET: "a-secret-of-the-scheduler",
  TRUSTED_PROXIES: "1",
}

function check(source: Record<string, string>) {
  const { readings, usable: values, names } = inspectEnvironment(source)
  const results = checkVariables(readings, values, names)
  return {
    results,
    of: (name: string) => results.find(({ id }) => id === `variable.${name}` || id === name),
    unwell: results.filter(({ state }) => state !== "ok").map(({ id, state }) => `${id} ${state}`),
  }
}

test("a correct environment has no finding", () => {
  expect(check(usable).unwell).toEqual([])
})

test("every variable is reported, however many are wrong", () => {
  const { unwell } = check({ NODE_ENV: "production", LOG_LEVEL: "loud", SESSION_IDLE_DAYS: "soon" })
  expect(unwell).toEqual([
    "variable.AUTH_SECRET failed",
    "variable.AUTH_URL failed",
    "variable.AUTH_BITBUCKET_ID failed",
    "variable.AUTH_BITBUCKET_SECRET failed",
    "variable.DATABASE_URL failed",
    "variable.SESSION_IDLE_DAYS failed",
    "variable.CRON_SECRET warning",
    "variable.LOG_LEVEL failed",
  ])
})

test("the report says only that a secret is set", () => {
  const { of, results } = check(usable)
  expect(of("AUTH_SECRET")?.sentence).toBe("AUTH_SECRET is set.")
  const text = JSON.stringify(results)
  for (const name of ["AUTH_SECRET", "AUTH_BITBUCKET_SECRET", "CRON_SECRET"] as const)
    expect(text).not.toContain(usable[name])
  expect(text).not.toContain("hunter2")
})

test("the report does not repeat the value of a wrong variable", () => {
  const wrong = Object.fromEntries(Object.keys(usable).map((name) => [name, "hunter2"]))
  expect(
    JSON.stringify(
      check({ ...wrong, BITBUCKET_SCOPES: "account hunter2", ALLOWED_WORKSPACES: "hunter2 x" }).results,
    ),
  ).not.toContain("hunter2")
})

test("plain http is for this machine only", () => {
  expect(check({ ...usable, AUTH_URL: "http://localhost:3000" }).of("AUTH_URL")?.state).toBe("ok")
  const { sentence } = check({ ...usable, AUTH_URL: "http://app.example" }).of("AUTH_URL") ?? {}
  expect(sentence).toContain("plain http is accepted for localhost")
})

test("the report names pasted quotation marks and spaces", () => {
  const found = check({
    ...usable,
    AUTH_BITBUCKET_SECRET: '"client-secret"',
    AUTH_BITBUCKET_ID: "client-key ",
  })
  expect(found.unwell).toEqual([
    "variable.AUTH_BITBUCKET_ID warning",
    "variable.AUTH_BITBUCKET_SECRET warning",
  ])
})

test("the report warns about a deployment that no scheduler calls daily", () => {
  const { CRON_SECRET: _, ...others } = usable
  expect(check(others).of("CRON_SECRET")?.state).toBe("warning")
})

test.each([
  ["", "ok"],
  ["emulated-works", "warning"],
  ["Emulated-Works, {11111111-2222-4333-8444-555555555555}", "warning"],
  ["11111111-2222-4333-8444-555555555555", "ok"],
  ["{11111111-2222-4333-8444-555555555555}, 22222222-2222-4333-8444-555555555555", "ok"],
  ["{11111111-2222-4333-8444-555555555555", "failed"],
  ["Emulated Works", "failed"],
  ["https://bitbucket.org/emulated-works/", "failed"],
  ["{emulated-works}", "failed"],
])("an allow-list of workspaces that reads %j is %s", (list, state) => {
  expect(check({ ...usable, ALLOWED_WORKSPACES: list }).of("ALLOWED_WORKSPACES")?.state).toBe(state)
})

test("the report advises UUIDs in place of slugs, because another workspace can take a slug", () => {
  const found = check({ ...usable, ALLOWED_WORKSPACES: "acme, {11111111-2222-4333-8444-555555555555}" })
  expect(found.of("ALLOWED_WORKSPACES")).toMatchObject({
    code: "workspace_by_slug",
    sentence: expect.stringMatching(
      /^ALLOWED_WORKSPACES admits the members of 2 workspaces, 1 of them by slug, .*; list UUIDs instead/,
    ),
  })
})

test("the report says which entry cannot be a workspace", () => {
  const found = check({ ...usable, ALLOWED_WORKSPACES: "fine, not fine, {nor-this" }).of("ALLOWED_WORKSPACES")
  expect(found?.sentence).toContain("at place 2, place 3")
})

test.each([
  ["account email repository", "ok"],
  ["account", "warning"],
  ["account email issue", "warning"],
  ["account email issue:write wiki", "warning"],
  ["account email read:user:bitbucket", "failed"],
  ["account,email account", "failed"],
])("scopes that read %j are %s", (scopes, state) => {
  expect(check({ ...usable, BITBUCKET_SCOPES: scopes }).of("BITBUCKET_SCOPES")?.state).toBe(state)
})

test("scopes of Data Center are not checked against Cloud's", () => {
  const { BITBUCKET_API_URL: _, ...rest } = usable as Record<string, string>
  const environment = { ...rest, BITBUCKET_KIND: "datacenter", BITBUCKET_SITE_URL: "https://git.example.com" }
  expect(check(environment).of("BITBUCKET_SCOPES")?.state).toBe("ok")
})

test("the report finds a variable under another library's name, and gives the right name", () => {
  const { AUTH_SECRET, ...others } = usable
  const found = check({ ...others, NEXTAUTH_SECRET: AUTH_SECRET })
  expect(found.unwell).toEqual(["variable.AUTH_SECRET failed"])
  expect(found.of("AUTH_SECRET")?.sentence).toBe(
    "NEXTAUTH_SECRET is set, but this app reads AUTH_SECRET; set AUTH_SECRET instead.",
  )
  const optional = check({ ...usable, AUTH_SECRET_1: AUTH_SECRET })
  expect(optional.unwell).toEqual(["other_names warning"])
})

test("the report names variables that contradict each other, as the start of the app does", () => {
  const contrary = { ...usable, CRON_SECRET: usable.AUTH_SECRET, NEXTAUTH_URL: "https://other.example" }
  expect(check(contrary).unwell).toEqual(["variable.NEXTAUTH_URL failed", "variable.CRON_SECRET failed"])
})

test("the report names a rotation in progress, and one that changes nothing", () => {
  const previous = { ...usable, AUTH_SECRET_PREVIOUS: "the-secret-that-was-before-the-rotation" }
  expect(check(previous).of("AUTH_SECRET_PREVIOUS")?.sentence).toContain("npm run ops -- reseal")
  const same = { ...usable, AUTH_SECRET_PREVIOUS: usable.AUTH_SECRET }
  expect(check(same).of("AUTH_SECRET_PREVIOUS")?.sentence).toContain("the same as AUTH_SECRET")
})

test("the report warns about a setup page that is switched on for a public site", () => {
  expect(check({ ...usable, SETUP_PAGE: "on" }).of("SETUP_PAGE")?.state).toBe("warning")
  const local = { ...usable, SETUP_PAGE: "on", AUTH_URL: "http://localhost:3000" }
  expect(check(local).of("SETUP_PAGE")?.state).toBe("ok")
})

test.each([
  ["postgres://user:hunter2@db.example/app", "warning"],
  ["postgres://user:hunter2@10.0.0.5:5432/app?application_name=app", "warning"],
  ["postgresql://user:hunter2@db.example/app?sslmode=disable", "warning"],
  ["postgres://user:hunter2@localhost/app?host=db.example", "warning"],
  ["postgres://user:hunter2@db.example/app?sslmode=require&channel_binding=require", "ok"],
  ["postgres://user:hunter2@db.example/app?ssl=true", "ok"],
  ["postgres://user:hunter2@db.example/app?uselibpqcompat=true&sslmode=require", "ok"],
  ["postgres://user:hunter2@localhost:5432/app", "ok"],
  ["postgres://user:hunter2@[::1]/app", "ok"],
  ["postgres://user:hunter2@127.0.0.1/app?sslmode=disable", "ok"],
  ["postgres://user:hunter2@/app?host=/var/run/postgresql", "ok"],
])("the report warns about a database without TLS over a network: %s", (address, state) => {
  for (const name of ["DATABASE_URL", "DATABASE_URL_UNPOOLED"])
    expect(check({ ...usable, [name]: address }).of(name)?.state).toBe(state)
})

test("the https of AUTH_URL reveals a proxy that TRUSTED_PROXIES does not count", () => {
  for (const unset of [
    { ...usable, TRUSTED_PROXIES: "" },
    { ...usable, TRUSTED_PROXIES: "0" },
  ])
    expect(check(unset).unwell).toEqual(["variable.TRUSTED_PROXIES warning"])
  const { TRUSTED_PROXIES: _, ...others } = usable
  expect(check({ ...others, VERCEL: "1" }).unwell).toEqual([])
  expect(check({ ...others, RATE_LIMIT_PER_ADDRESS: "0" }).unwell).toEqual([])
  expect(check({ ...others, AUTH_URL: "http://localhost:3000" }).unwell).toEqual([])
  expect(check({ ...others, AUTH_URL: "https://localhost:3000" }).unwell).toEqual([])
})
