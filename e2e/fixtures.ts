import { test as base, type ConsoleMessage, expect } from "@playwright/test"
import { unsealTokens } from "auth-bitbucket/connections"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { Pool } from "pg"
import { databaseSchema } from "../lib/env"
import { freePort, type ServerProcess } from "../scripts/server-process"
import { appEnvironment, createDatabase, startApp } from "./app-server"
import { type Deployment, startBehindNginx } from "./deploy/two-servers"
import { BitbucketPages } from "./pages/bitbucket-pages"
import { Visitor } from "./security/visitor"

type Stack = {
  appUrl: string
  app: ServerProcess | Deployment
  database: Pool
  emulator: Emulator
  environment: Record<string, string>
}

type Fixtures = {
  /** The emulator, reset for each test. */
  emulator: Emulator
  database: Pool
  appUrl: string
  /** The environment that the app was started with. */
  environment: Record<string, string>
  cronSecret: string
  /** The app's output so far in this worker. */
  appLog: () => string
  /** The two servers and their proxy; undefined with a single server. */
  deployment: Deployment
  /** Every token that the app stores at this moment, opened with its own secret. */
  storedTokens: () => Promise<string[]>
  /** Bitbucket's own pages in this browser. */
  bitbucket: BitbucketPages
  /** Fails the test for any browser console error, unless the test expects it. */
  expectedConsoleErrors: RegExp[]
}

type WorkerFixtures = { stack: Stack; isBehindNginx: boolean; appSettings: Record<string, string> }

/** Each worker has its own app, emulated Bitbucket and database; each test finds them empty. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  /** Two servers behind a proxy with TLS, instead of one server. */
  isBehindNginx: [false, { option: true, scope: "worker" }],
  /** Extra environment variables for the app of one file: `test.use` at its top. */
  appSettings: [{}, { option: true, scope: "worker" }],

  stack: [
    async ({ isBehindNginx, appSettings }, use, { workerIndex }) => {
      const port = await freePort()
      const appUrl = `${isBehindNginx ? "https" : "http"}://localhost:${port}`
      const emulator = await startEmulator({ port: 0, callbackUrl: appUrl })
      const databaseUrl = await createDatabase(`worker_${workerIndex}`)
      const environment = {
        ...appEnvironment({ port, databaseUrl, emulator }),
        AUTH_URL: appUrl,
        ...appSettings,
      }
      const app = await (isBehindNginx ? startBehindNginx(environment) : startApp(environment))
      const database = new Pool({
        connectionString: databaseUrl,
        options: `-c search_path=${databaseSchema()}`,
      })
      await use({ appUrl, app, database, emulator, environment })
      await emulator.reset()
      const next = new Visitor({ appUrl, emulator })
      const landing = await next.signIn()
      expect(landing.headers.location, "a sign-in after all tests").toBe(`${appUrl}/profile`)
      expect((await next.send("/profile")).status, "a page after all tests").toBe(200)
      await database.end()
      await app.stop()
      await emulator.close()
    },
    { scope: "worker" },
  ],

  emulator: [
    async ({ stack }, use) => {
      await stack.emulator.reset()
      await stack.database.query("truncate connection, activity, token_use cascade")
      await use(stack.emulator)
    },
    { auto: true },
  ],

  database: async ({ stack }, use) => use(stack.database),
  appUrl: async ({ stack }, use) => use(stack.appUrl),
  environment: async ({ stack }, use) => use(stack.environment),
  cronSecret: async ({ stack }, use) => use(stack.environment.CRON_SECRET ?? ""),
  appLog: async ({ stack }, use) => use(stack.app.output),
  deployment: async ({ stack }, use) => {
    if (!("restart" in stack.app)) throw new Error("This test is for `npm test -- deploy`")
    await use(stack.app)
  },
  storedTokens: async ({ stack }, use) =>
    use(async () => {
      const { rows } = await stack.database.query("select sealed_tokens, account_uuid from connection")
      const secrets = [stack.environment.AUTH_SECRET ?? ""]
      const opened = rows.map((row) => unsealTokens(row.sealed_tokens, row.account_uuid, secrets))
      const tokens = (await Promise.all(opened)).flatMap(({ accessToken, refreshToken }) => [
        accessToken,
        refreshToken,
      ])
      // Bitbucket may have issued no refresh token.
      return tokens.filter(Boolean)
    }),
  baseURL: async ({ stack }, use) => use(stack.appUrl),
  bitbucket: async ({ page }, use) => use(new BitbucketPages(page)),

  expectedConsoleErrors: [[], { option: true }],
  page: async ({ page, expectedConsoleErrors }, use) => {
    const unexpected: string[] = []
    const hear = (text: string) => {
      if (!expectedConsoleErrors.some((expected) => expected.test(text))) unexpected.push(text)
    }
    page.on("console", (message: ConsoleMessage) => message.type() === "error" && hear(message.text()))
    page.on("pageerror", (error) => hear(error.message))
    await use(page)
    expect(unexpected, "errors in the browser's console").toEqual([])
  },
})

export { expect }
