import { describe, expect, test } from "vitest"
import { EnvironmentError, parseEnvironment } from "./env"

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

  test("keeps the previous secret readable after a rotation", () => {
    const previous = "previous-secret-previous-secret-1234"
    expect(parseEnvironment({ ...usable, AUTH_SECRET_PREVIOUS: previous }).secrets).toEqual([
      usable.AUTH_SECRET,
      previous,
    ])
  })
})
