import { Client } from "pg"
import { createBrowser, type Page } from "../refresh/browser"
import { buildNextApp, type NextApp, startBuiltApp } from "../refresh/next-apps"
import type { Stage } from "../refresh/stage"
import { EVERY_CORE, LOAD_CORE, pin, SERVER_CORE } from "./cores"

export type Browser = ReturnType<typeof createBrowser>

/** An app that shows the same profile page. */
export type Contestant = {
  name: string
  folder: string
  /** Answers 200 to any client. */
  healthPath: string
  sessionPath?: string
  /** The first request of a sign-in; `browser.open` goes where it leads. Absent if the app has no sign-in. */
  startSignIn?: (browser: Browser, url: URL) => Promise<Response>
}

const startAtStock = async (browser: Browser, url: URL) => {
  const answer = await browser.send(new URL("/api/auth/csrf", url))
  const { csrfToken } = (await answer.json()) as { csrfToken: string }
  return browser.send(new URL("/api/auth/signin/bitbucket", url), { csrfToken, callbackUrl: "/profile" })
}

/** A script of the page asks for the address and goes there. */
const startAtBetterAuth = async (browser: Browser, url: URL) => {
  const answer = await browser.sendJson(new URL("/api/auth/sign-in/oauth2", url), {
    providerId: "bitbucket",
    callbackURL: "/profile",
  })
  const { url: location } = (await answer.json()) as { url: string }
  return new Response(null, { status: 302, headers: { location } })
}

export const ours: Contestant = {
  name: "this app",
  folder: ".",
  healthPath: "/api/health",
  sessionPath: "/api/auth/session",
  startSignIn: (browser, url) =>
    browser.send(new URL("/oauth/bitbucket/authorize?reason=bench&next=/profile", url)),
}

const bare: Contestant = { name: "bare", folder: "bench/peers/bare", healthPath: "/still" }

export const stock: Contestant = {
  name: "authjs-stock",
  folder: "bench/peers/authjs-stock",
  healthPath: "/api/auth/providers",
  sessionPath: "/api/auth/session",
  startSignIn: startAtStock,
}

const betterAuth: Contestant = {
  name: "better-auth",
  folder: "bench/peers/better-auth",
  healthPath: "/api/auth/ok",
  sessionPath: "/api/auth/get-session",
  startSignIn: startAtBetterAuth,
}

export const contestants: readonly Contestant[] = [ours, bare, stock, betterAuth]

/** What the peers need beside the stage: a database with its tables for Better Auth, and one token for `bare`. */
export async function peerEnvironment(stage: Stage, accessToken: string): Promise<Record<string, string>> {
  const environment = {
    ...stage.environment,
    // One client sends all requests here; Better Auth's limit is off for the same reason.
    RATE_LIMIT_PER_ADDRESS: "0",
    RATE_LIMIT_PER_ACCOUNT: "0",
    BARE_ACCESS_TOKEN: accessToken,
    BETTER_AUTH_DATABASE_URL: await createDatabase(stage, "better_auth"),
  }
  Object.assign(process.env, environment)
  const { migrateBetterAuth } = await import("./migrate-better-auth")
  await migrateBetterAuth()
  return environment
}

/** An empty database beside that of the stage. @returns its address */
export async function createDatabase({ databaseUrl }: Stage, name: string): Promise<string> {
  const client = new Client(databaseUrl)
  await client.connect()
  await client.query(`create database ${name}`).finally(() => client.end())
  return databaseUrl.replace(/app$/, name)
}

/** Builds what these contestants are made of, on all cores. */
export async function buildAll(
  some: readonly Contestant[],
  environment: Record<string, string>,
): Promise<void> {
  pin(process.pid, EVERY_CORE)
  for (const folder of new Set(some.map((one) => one.folder))) await buildNextApp(folder, environment)
  pin(process.pid, LOAD_CORE)
}

/** Starts a contestant on the core of the servers. */
export async function startContestant(
  { folder, healthPath }: Contestant,
  environment: Record<string, string>,
  origin?: string,
): Promise<NextApp> {
  const app = await startBuiltApp(folder, environment, healthPath, origin)
  pin(app.process.process.pid, SERVER_CORE)
  return app
}

/** Completes a contestant's sign-in, as far as it has one. @returns the page that it ends on */
export async function enter({ startSignIn }: Contestant, url: URL, browser: Browser): Promise<Page> {
  const answer = await startSignIn?.(browser, url)
  const location = answer?.headers.get("location")
  return browser.open(location ? new URL(location, url) : new URL("/profile", url))
}

/** Signs a person in and checks that the app shows their profile. @returns their browser */
export async function signIn(contestant: Contestant, { url }: NextApp, username: string): Promise<Browser> {
  const browser = createBrowser(username)
  const page = await enter(contestant, url, browser)
  if (page.status !== 200 || !page.text.includes("What this app may do"))
    throw new Error(
      `The sign-in failed at ${contestant.name}: ${page.status} at ${page.url.pathname}, error ${page.url.searchParams.get("error")}`,
    )
  return browser
}
