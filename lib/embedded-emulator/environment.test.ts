import { describe, expect, test } from "vitest"
import { EnvironmentError, type EnvironmentSource, parseEnvironment } from "@/lib/env"
import { embeddedEnvironment } from "./environment"

const databaseUrl = "postgres://app:password-by-chance@db.example/app"
const onVercel = {
  NODE_ENV: "production",
  VERCEL: "1",
  VERCEL_ENV: "preview",
  VERCEL_URL: "app-1a2b.vercel.app",
  VERCEL_BRANCH_URL: "app-git-branch.vercel.app",
  VERCEL_PROJECT_PRODUCTION_URL: "app.vercel.app",
  DATABASE_URL: databaseUrl,
}

const complete = (source: EnvironmentSource) =>
  parseEnvironment({ ...source, ...embeddedEnvironment(source) })

function problemsOf(source: EnvironmentSource): readonly string[] {
  try {
    embeddedEnvironment(source)
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems
  }
  return []
}

describe("a build with the emulator", () => {
  test("needs nothing on Vercel but a database", () => {
    const { AUTH_SECRET, ...rest } = complete(onVercel)
    expect(AUTH_SECRET).toMatch(/^[\w-]{43}$/)
    expect(rest).toMatchObject({
      AUTH_URL: "https://app-git-branch.vercel.app",
      AUTH_BITBUCKET_ID: "emulatorClientKey1",
      BITBUCKET_SITE_URL: "https://app-git-branch.vercel.app/bitbucket-emulator/site",
      BITBUCKET_API_URL: "https://app-git-branch.vercel.app/bitbucket-emulator/api",
    })
  })

  test.each([
    [{ ...onVercel, VERCEL_ENV: "production" }, "https://app.vercel.app"],
    [{ ...onVercel, VERCEL_BRANCH_URL: "" }, "https://app-1a2b.vercel.app"],
    [{ ...onVercel, AUTH_URL: "https://demo.example" }, "https://demo.example"],
  ])("is at its own address", (source, address) => {
    expect(complete(source).AUTH_URL).toBe(address)
    expect(complete(source).BITBUCKET_API_URL).toBe(`${address}/bitbucket-emulator/api`)
  })

  test("derives the same secret from the same database address, and keeps one that is given", () => {
    expect(complete(onVercel).AUTH_SECRET).toBe(complete(onVercel).AUTH_SECRET)
    const other = { ...onVercel, DATABASE_URL: `${databaseUrl}2` }
    expect(complete(other).AUTH_SECRET).not.toBe(complete(onVercel).AUTH_SECRET)
    const given = "Xk3v9QpLw8Zr2Tn6Yb4Mc1Fd7Hs5Gj0A"
    expect(complete({ ...onVercel, AUTH_SECRET: given }).AUTH_SECRET).toBe(given)
  })

  test("wants a secret where the database's address holds none", () => {
    expect(() => complete({ ...onVercel, DATABASE_URL: "postgres://localhost/app" })).toThrow("AUTH_SECRET")
  })

  test("may set its own variables twice", () => {
    const once = { ...onVercel, ...embeddedEnvironment(onVercel) }
    expect({ ...once, ...embeddedEnvironment(once) }).toEqual(once)
  })
})

describe("a build with the emulator refuses", () => {
  test.each([
    ["AUTH_BITBUCKET_ID", "a-real-key-hunter2"],
    ["AUTH_BITBUCKET_SECRET", "a-real-secret-hunter2"],
    ["BITBUCKET_SITE_URL", "https://bitbucket.org"],
    ["BITBUCKET_API_URL", "https://api.bitbucket.org"],
    ["BITBUCKET_KIND", "datacenter"],
    ["BITBUCKET_OAUTH1_KEY", "hunter2"],
  ])("%s of a real Bitbucket, and does not repeat it", (name, value) => {
    const problems = problemsOf({ ...onVercel, [name]: value })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(new RegExp(`^${name} must `))
    expect(problems[0]).toContain("EMBEDDED_EMULATOR=1")
    expect(problems[0]).not.toContain(value === "datacenter" ? "must not" : value)
  })

  test("them while it is built too, where no address is known yet", () => {
    expect(problemsOf({})).toEqual([])
    expect(problemsOf({ BITBUCKET_SITE_URL: "https://bitbucket.org" })).toHaveLength(1)
  })
})
