import { readFile } from "node:fs/promises"
import { describe, expect, test } from "vitest"
import { inspectEnvironment } from "./doctor/inspect-environment"
import { EnvironmentError, parseEnvironment } from "./env"
import { cookieSecret } from "./env/schema"

const usable = {
  NODE_ENV: "production",
  AUTH_SECRET: "correct-horse-battery-staple-0123456789",
  AUTH_URL: "https://app.example",
  AUTH_BITBUCKET_ID: "client-key",
  AUTH_BITBUCKET_SECRET: "client-secret",
  DATABASE_URL: "postgres://user:hunter2@db.example:5432/app",
}

function problemsOf(source: Record<string, string | undefined>): readonly string[] {
  try {
    parseEnvironment(source)
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems
  }
  return []
}

describe("the environment", () => {
  test("points at Bitbucket and asks for account and email unless told otherwise", () => {
    expect(parseEnvironment(usable)).toMatchObject({
      BITBUCKET_SITE_URL: "https://bitbucket.org",
      BITBUCKET_API_URL: "https://api.bitbucket.org",
      BITBUCKET_SCOPES: ["account", "email"],
      secureCookies: true,
    })
  })

  test("names every variable that production needs, one sentence each", () => {
    const problems = problemsOf({ NODE_ENV: "production" })
    expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
      "AUTH_SECRET",
      "AUTH_URL",
      "AUTH_BITBUCKET_ID",
      "AUTH_BITBUCKET_SECRET",
      "DATABASE_URL",
    ])
  })

  test("cannot require confirmed addresses of a Data Center, which confirms none", () => {
    const dataCenter = {
      ...usable,
      BITBUCKET_KIND: "datacenter",
      BITBUCKET_SITE_URL: "https://git.example/bitbucket",
    }
    expect(problemsOf({ ...dataCenter, REQUIRE_CONFIRMED_EMAIL: "off" })).toEqual([])
    const problem =
      "must be off with BITBUCKET_KIND=datacenter: Data Center does not say whether an address is confirmed"
    const contrary = { ...dataCenter, REQUIRE_CONFIRMED_EMAIL: "on" }
    expect(problemsOf(contrary)).toEqual([`REQUIRE_CONFIRMED_EMAIL ${problem}.`])
    const reading = inspectEnvironment(contrary).readings.find(
      ({ name }) => name === "REQUIRE_CONFIRMED_EMAIL",
    )
    expect(reading?.problem).toBe(problem)
  })

  test("counts an empty variable as a missing one", () => {
    expect(problemsOf({ ...usable, AUTH_SECRET: "" })).toHaveLength(1)
  })

  test.each([
    ["AUTH_SECRET", "too-short-hunter2"],
    ["AUTH_URL", "http://hunter2.example"],
    ["AUTH_URL", "https://app.example/hunter2"],
    ["BITBUCKET_API_URL", "http://hunter2.example"],
    ["BITBUCKET_SITE_URL", "hunter2"],
    ["BITBUCKET_SCOPES", "hunter2"],
    ["DATABASE_URL", "mysql://hunter2@db.example/app"],
    ["CRON_SECRET", "hunter2"],
    ["AUTH_SECRET_PREVIOUS", "please-change-me-hunter2-0123456789"],
    ["CRON_SECRET", usable.AUTH_SECRET],
    ["NEXTAUTH_URL", "https://hunter2.example"],
    ["TRUSTED_PROXIES", "hunter2"],
    ["RATE_LIMIT_PER_ADDRESS", "-1"],
    ["SECURITY_CONTACT", "hunter2"],
  ])("refuses a wrong %s and never repeats its value", (name, value) => {
    const problems = problemsOf({ ...usable, [name]: value })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(new RegExp(`^${name} `))
    expect(problems[0]).not.toContain("hunter2")
  })

  test.each(["http://localhost:3000", "http://127.0.0.1:4100", "http://[::1]:3000"])(
    "accepts plain http for this machine: %s",
    (address) => {
      expect(parseEnvironment({ ...usable, AUTH_URL: address }).secureCookies).toBe(false)
    },
  )

  test("needs no public origin on Vercel, where each deployment has its own", () => {
    const { AUTH_URL: _, ...onVercel } = usable
    expect(parseEnvironment({ ...onVercel, VERCEL: "1" }).secureCookies).toBe(true)
  })

  test.each(["max-age=0", "max-age=300", "max-age=31536000; includeSubDomains; preload"])(
    "takes HSTS %s",
    (HSTS) => {
      expect(parseEnvironment({ ...usable, HSTS }).HSTS).toBe(HSTS)
    },
  )

  test.each(["off", "max-age=-1", "max-age=1; other", "max-age=1\r\nx-injected: 1", "includeSubDomains"])(
    "refuses HSTS %j, and says what it may be",
    (HSTS) => {
      expect(problemsOf({ ...usable, HSTS })).toEqual([expect.stringMatching(/^HSTS must be .*max-age=0/)])
    },
  )

  test("keeps the previous secret readable after a rotation", () => {
    // Version 0.1.0 took one that repeats itself.
    const previous = "previous-secret-previous-secret-1234"
    const { secrets, cookieSecrets } = parseEnvironment({ ...usable, AUTH_SECRET_PREVIOUS: previous })
    expect(secrets).toEqual([usable.AUTH_SECRET, previous])
    expect(cookieSecrets).toEqual(secrets.map(cookieSecret))
    expect(cookieSecrets).not.toContain(usable.AUTH_SECRET)
  })

  test.each([
    ["in development", { NODE_ENV: "development", SETUP_PAGE: "on" }, true],
    ["in the demo", { AUTH_URL: "http://localhost:3000", SETUP_PAGE: "on" }, true],
    ["on a public site", { SETUP_PAGE: "on" }, false],
    ["where nothing is said of it", { NODE_ENV: "development" }, false],
  ])("has a setup page %s: %j is %s", (_, variables, isThere) => {
    expect(parseEnvironment({ ...usable, ...variables }).hasSetupPage).toBe(isThere)
  })

  test("read one by one, says for each variable whether it is usable, and throws nothing", () => {
    const { readings, usable: values } = inspectEnvironment({ ...usable, LOG_LEVEL: "loud", AUTH_SECRET: "" })
    const wrong = readings.filter(({ problem }) => problem !== null).map(({ name }) => name)
    expect(wrong).toEqual(["AUTH_SECRET", "LOG_LEVEL"])
    expect(values).toMatchObject({ AUTH_URL: "https://app.example", SESSION_IDLE_DAYS: 7 })
  })

  test.each([
    [".env.example", /^#? ?([A-Z_]+)=/gm],
    ["docs/variables.md", /^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) +\|/gm],
  ])("is written down in %s: the same variables, each once", async (file, rows) => {
    const text = await readFile(file, "utf8")
    const written = [...text.matchAll(rows)].flatMap(([, names = ""]) => names.match(/[A-Z_]+/g) ?? [])
    const notOurs = ["NODE_ENV", "VERCEL", "VERCEL_OTEL_ENDPOINTS", "NEXTAUTH_URL"]
    const names: string[] = inspectEnvironment({}).readings.map(({ name }) => name)
    expect(written.sort()).toEqual(names.filter((name) => !notOurs.includes(name)).sort())
  })
})
