import { once } from "node:events"
import { Client } from "pg"
import { type ServerProcess, startServer } from "../../scripts/server-process"
import { createBrowser, type Page } from "../refresh/browser"
import { buildNextApp, type NextApp, startBuiltApp } from "../refresh/next-apps"
import type { Stage } from "../refresh/stage"
import { stopAtEnd } from "../refresh/started"
import { EVERY_CORE, LOAD_CORE, pin, SERVER_CORE } from "./cores"

export type Browser = ReturnType<typeof createBrowser>

/** An app that shows a profile page at `/profile`. */
export type Contestant = {
  name: string
  /** The checkout whose packages it runs on; this one by default. */
  root?: string
  folder: string
  /** Answers 200 to any client. */
  healthPath: string
  /** The first request of a sign-in, which `browser.open` follows. Absent if the app has no sign-in. */
  startSignIn?: (browser: Browser, url: URL) => Promise<Response>
}

const startAtStock = async (browser: Browser, url: URL) => {
  const answer = await browser.send(new URL("/api/auth/csrf", url))
  const { csrfToken } = (await answer.json()) as { csrfToken: string }
  return browser.send(new URL("/api/auth/signin/bitbucket", url), { csrfToken, callbackUrl: "/profile" })
}

/** A script on the page fetches the URL and opens it. */
const startAtBetterAuth = async (browser: Browser, url: URL) => {
  const answer = await browser.sendJson(new URL("/api/auth/sign-in/social", url), {
    provider: "bitbucket",
    callbackURL: "/profile",
  })
  const { url: location } = (await answer.json()) as { url: string }
  return new Response(null, { status: 302, headers: { location } })
}

export const ours: Contestant = {
  name: "this app",
  folder: ".",
  healthPath: "/api/health",
  startSignIn: (browser, url) =>
    browser.send(new URL("/oauth/bitbucket/authorize?reason=bench&next=/profile", url)),
}

/** This app's page, without sign-in: asks Bitbucket on each view. */
export const bare: Contestant = { name: "bare", folder: "bench/peers/bare", healthPath: "/still" }

/** A page of a few lines, without sign-in: asks Bitbucket on each view. */
export const light: Contestant = { name: "light", folder: "bench/peers/light", healthPath: "/empty" }

/** The light page, with Auth.js set up as its guides say. */
export const stock: Contestant = {
  name: "authjs-stock",
  folder: "bench/peers/authjs-stock",
  healthPath: "/api/auth/providers",
  startSignIn: startAtStock,
}

/** The light page, with Better Auth set up as its documentation says. */
export const betterAuth: Contestant = {
  name: "better-auth",
  folder: "bench/peers/better-auth",
  healthPath: "/api/auth/ok",
  startSignIn: startAtBetterAuth,
}

/** One client sends all requests here; Better Auth's own limit is off for the same reason. */
const withoutLimits = { RATE_LIMIT_PER_ADDRESS: "0", RATE_LIMIT_PER_ACCOUNT: "0" }

/** What the apps need in addition to the stage: a database with Better Auth's tables, and one token for `bare` and `light`. */
export async function appEnvironment(stage: Stage, accessToken: string): Promise<Record<string, string>> {
  const environment = {
    ...stage.environment,
    ...withoutLimits,
    BARE_ACCESS_TOKEN: accessToken,
    BETTER_AUTH_DATABASE_URL: await createDatabase(stage, "better_auth"),
  }
  await runToItsEnd(["--import", "tsx", "bench/peers/better-auth/migrate.ts"], environment)
  return environment
}

/** Runs a Node program. @throws Error with its output if it fails */
export async function runToItsEnd(
  args: string[],
  environment: Record<string, string>,
  folder = process.cwd(),
): Promise<void> {
  const program = startServer(args.join(" "), args, environment, { folder })
  stopAtEnd(program.stop)
  await waitForEnd(program)
}

/** @throws Error with the program's output if it fails */
export async function waitForEnd(program: ServerProcess): Promise<void> {
  const [exitCode] = await once(program.process, "close")
  if (exitCode !== 0) throw new Error(`${program.name} failed:\n${program.output()}`)
}

/** Creates an empty database in the stage's Postgres. @returns its URL */
export async function createDatabase({ databaseUrl }: Stage, name: string): Promise<string> {
  const client = new Client(databaseUrl)
  await client.connect()
  await client.query(`create database ${name}`).finally(() => client.end())
  return databaseUrl.replace(/app$/, name)
}

/** Builds contestants, on all cores. */
export async function buildAll(
  some: readonly Contestant[],
  environment: Record<string, string>,
): Promise<void> {
  pin(process.pid, EVERY_CORE)
  for (const { folder, root } of some) await buildNextApp(folder, environment, root)
  pin(process.pid, LOAD_CORE)
}

/** Starts a contestant on the servers' core. */
export async function startContestant(
  { folder, healthPath, root }: Contestant,
  environment: Record<string, string>,
): Promise<NextApp> {
  const app = await startBuiltApp(folder, environment, healthPath, root)
  pin(app.process.process.pid, SERVER_CORE)
  return app
}

/** Completes a contestant's sign-in, if it has one. @returns the page that it ends on */
export async function enter({ startSignIn }: Contestant, url: URL, browser: Browser): Promise<Page> {
  const answer = await startSignIn?.(browser, url)
  const location = answer?.headers.get("location")
  return browser.open(location ? new URL(location, url) : new URL("/profile", url))
}

/** Signs a person in and checks that the app shows their profile. @returns their browser */
export async function signIn(contestant: Contestant, { url }: NextApp, username: string): Promise<Browser> {
  const browser = createBrowser(username)
  const page = await enter(contestant, url, browser)
  const isShown = !contestant.startSignIn || page.text.includes(username)
  if (page.status !== 200 || page.url.pathname !== "/profile" || !isShown)
    throw new Error(
      `The sign-in failed at ${contestant.name}: ${page.status} at ${page.url.pathname}, error ${page.url.searchParams.get("error")}`,
    )
  return browser
}
