import { type Emulator, startEmulator } from "bitbucket-emulator"
import type { Client } from "pg"
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest"
import { startPgBouncer } from "@/scripts/pgbouncer"
import { freePort } from "@/scripts/server-process"
import { client } from "@/test/bitbucket-grant"
import { connectAsSuperuser, createTestDatabaseUrl, createTestRole } from "@/test/database"
import { examine } from "./examine"
import { type CheckState, findingsOf } from "./result"

type Variables = Record<string, string>

/** Breaks a correct setup. @returns the variables that differ */
type Break = () => Variables | Promise<Variables>

type BrokenEnvironment = [
  what: string,
  breakIt: Break,
  found: [id: string, state: Exclude<CheckState, "ok">, code: string],
  cause: RegExp,
  fix: RegExp,
]

let emulator: Emulator
let usable: Variables
let databaseUrl: string
let superuser: Client

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 })
})

afterAll(() => emulator.close())

beforeEach(async () => {
  await emulator.reset()
  databaseUrl = await createTestDatabaseUrl()
  superuser = await connectAsSuperuser(databaseUrl)
  usable = {
    NODE_ENV: "production",
    AUTH_SECRET: "hunter2-a-secret-of-thirty-two-characters",
    AUTH_URL: "http://localhost:3000",
    AUTH_BITBUCKET_ID: client.id,
    AUTH_BITBUCKET_SECRET: client.secret,
    BITBUCKET_SITE_URL: emulator.siteUrl,
    BITBUCKET_API_URL: emulator.apiUrl,
    DATABASE_URL: databaseUrl,
    CRON_SECRET: "hunter2-of-the-scheduler",
  }
})

/** The findings, without the one about Node, which belongs to the machine and not to the environment. */
async function findingsIn(changes: Variables, seenOrigin?: string) {
  const { groups } = await examine({ ...usable, ...changes }, seenOrigin)
  return findingsOf(groups.flatMap(({ results }) => results)).filter(({ id }) => id !== "server.node")
}

function databaseWith(
  change: Partial<Pick<URL, "hostname" | "port" | "password" | "pathname" | "username">>,
) {
  return () => ({ DATABASE_URL: Object.assign(new URL(databaseUrl), change).href })
}

/** A role with these rights and no others. */
const asRole =
  (grant: (role: string) => string): Break =>
  async () => {
    const { role, url } = await createTestRole(superuser, databaseUrl)
    await superuser.query(grant(role))
    return { DATABASE_URL: url }
  }

const withClient =
  (changes: Record<string, string | null>): Break =>
  async () => {
    const own = { key: client.id, secret: client.secret, name: "Own", callback_url: "http://localhost:3000" }
    await emulator.control.reset({ clients: [{ ...own, ...changes }] })
    return {}
  }

async function nowhere(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}`
}

const allTables = (role: string) =>
  `grant usage on schema auth_bitbucket to ${role}; grant select, insert, update, delete on all tables in schema auth_bitbucket to ${role}`

const broken: BrokenEnvironment[] = [
  // The database.
  [
    "a database whose password is wrong",
    databaseWith({ password: "hunter3" }),
    ["database.reachable", "failed", "database_password_refused"],
    /refuses the user or the password/,
    /correct them/,
  ],
  [
    "a database on a host that does not exist",
    databaseWith({ hostname: "db.invalid" }),
    ["database.reachable", "failed", "database_host_unknown"],
    /has no address/,
    /correct the host name/,
  ],
  [
    "a database on a port where nothing listens",
    databaseWith({ port: "1" }),
    ["database.reachable", "failed", "database_not_listening"],
    /Nothing listens at the host and port of DATABASE_URL/,
    /start the database/,
  ],
  [
    "a database of a name that does not exist",
    databaseWith({ pathname: "/no_such_database" }),
    ["database.reachable", "failed", "database_unknown"],
    /no database of the name/,
    /correct the name/,
  ],
  [
    "a pooler that does not know the user",
    async () => {
      const pooler = await startPgBouncer(databaseUrl)
      onTestFinished(pooler.stop)
      return {
        DATABASE_URL: Object.assign(new URL(pooler.pooled(databaseUrl)), { username: "stranger" }).href,
      }
    },
    ["database.reachable", "failed", "pooler_refused"],
    /pooler .* refuses the connection/,
    /compare the user, the database/,
  ],
  [
    "a database without one of this version's migrations",
    async () => {
      await superuser.query(
        "delete from auth_bitbucket.migration where name = (select max(name) from auth_bitbucket.migration)",
      )
      return {}
    },
    ["database.schema", "failed", "schema_behind"],
    /one migration is missing/,
    /npm run db:migrate/,
  ],
  [
    "a database that was never migrated",
    async () => ({ DATABASE_URL: await createTestDatabaseUrl("template1") }),
    ["database.schema", "failed", "schema_behind"],
    /migrations are missing/,
    /npm run db:migrate/,
  ],
  [
    "a database that a later version has migrated",
    async () => {
      await superuser.query("insert into auth_bitbucket.migration (name) values ('9999_later')")
      return {}
    },
    ["database.schema", "warning", "schema_newer"],
    /of a later version/,
    /deploy the version that migrated it/,
  ],
  [
    "a role without any right",
    asRole(() => "select 1"),
    ["database.reachable", "failed", "database_rights_missing"],
    /forbids the user of DATABASE_URL/,
    /deploy\/roles\.sql/,
  ],
  [
    "a role that may only read",
    asRole(
      (role) =>
        `grant usage on schema auth_bitbucket to ${role}; grant select on all tables in schema auth_bitbucket to ${role}`,
    ),
    ["database.rights", "failed", "database_rights_missing"],
    /forbids the user of DATABASE_URL/,
    /deploy\/roles\.sql/,
  ],
  [
    "a database that takes no writes",
    asRole((role) => `${allTables(role)}; alter role ${role} set default_transaction_read_only = on`),
    ["database.reachable", "failed", "database_read_only"],
    /takes no writes/,
    /address of the primary/,
  ],
  [
    "a database with no connection to spare",
    asRole((role) => `${allTables(role)}; alter role ${role} connection limit 0`),
    ["database.reachable", "failed", "database_full_of_connections"],
    /no connection to spare/,
    /pooler/,
  ],
  [
    "a remote database without TLS",
    () => ({ DATABASE_URL_UNPOOLED: "postgres://app:hunter2@db.example/app" }),
    ["variable.DATABASE_URL_UNPOOLED", "warning", "database_without_tls"],
    /without TLS/,
    /sslmode=verify-full/,
  ],
  [
    "a database under another name",
    () => ({ DATABASE_URL: "", POSTGRES_URL: databaseUrl }),
    ["variable.DATABASE_URL", "failed", "variable_misnamed"],
    /POSTGRES_URL is set, but this app reads DATABASE_URL/,
    /set DATABASE_URL/,
  ],
  // Bitbucket.
  [
    "a Bitbucket that nothing answers for",
    async () => ({ BITBUCKET_SITE_URL: await nowhere(), BITBUCKET_API_URL: await nowhere() }),
    ["bitbucket.reachable", "failed", "bitbucket_not_listening"],
    /nothing listens at BITBUCKET_SITE_URL and BITBUCKET_API_URL/,
    /npm run emulator/,
  ],
  [
    "a Bitbucket on a host that does not exist",
    () => ({
      BITBUCKET_SITE_URL: "https://bitbucket.invalid",
      BITBUCKET_API_URL: "https://api.bitbucket.invalid",
    }),
    ["bitbucket.reachable", "failed", "bitbucket_host_unknown"],
    /cannot be found/,
    /correct BITBUCKET_SITE_URL/,
  ],
  [
    "a Bitbucket that is down",
    async () => {
      await emulator.control.addFault({ kind: "status", status: 503, times: null, match: {} })
      return {}
    },
    ["bitbucket.reachable", "failed", "bitbucket_down"],
    /answers 503/,
    /bitbucket\.status\.atlassian\.com/,
  ],
  [
    "an API address that leads to the site",
    () => ({ BITBUCKET_API_URL: emulator.siteUrl }),
    ["bitbucket.api", "failed", "bitbucket_not_recognized"],
    /does not answer as Bitbucket does/,
    /correct BITBUCKET_API_URL/,
  ],
  [
    "a wrong key",
    () => ({ AUTH_BITBUCKET_ID: "hunter2hunter2hunt" }),
    ["callback.registered", "failed", "client_key_unknown"],
    /does not know the key in AUTH_BITBUCKET_ID/,
    /copy the Key again/,
  ],
  [
    "a wrong secret",
    () => ({ AUTH_BITBUCKET_SECRET: "hunter2hunter2hunter2hunter2hunt" }),
    ["bitbucket.client", "failed", "client_refused"],
    /does not accept this key with this secret/,
    /copy AUTH_BITBUCKET_ID .* again/,
  ],
  [
    "a secret with a space pasted along",
    () => ({ AUTH_BITBUCKET_SECRET: `${client.secret} ` }),
    ["variable.AUTH_BITBUCKET_SECRET", "failed", "stray_characters"],
    /ends with a space/,
    /remove it/,
  ],
  [
    "a client without a callback URL",
    withClient({ callback_url: null }),
    ["callback.registered", "failed", "callback_missing"],
    /has no callback URL/,
    /set the callback URL/,
  ],
  [
    "a callback URL that Bitbucket has otherwise",
    withClient({ callback_url: "http://localhost:3000/login" }),
    ["callback.registered", "failed", "callback_refused"],
    /does not begin with the one that is registered/,
    /or correct AUTH_URL/,
  ],
  [
    "an AUTH_URL that is not where Bitbucket sends people",
    () => ({ AUTH_URL: "http://localhost:3001" }),
    ["callback.registered", "failed", "callback_refused"],
    /refuses the callback URL/,
    /localhost:3001\/api\/auth\/callback\/bitbucket/,
  ],
  // The environment by itself.
  [
    "no AUTH_URL in production",
    () => ({ AUTH_URL: "" }),
    ["variable.AUTH_URL", "failed", "variable_missing"],
    /AUTH_URL is required in production/,
    /set it/,
  ],
  [
    "an AUTH_URL that another library's contradicts",
    () => ({ NEXTAUTH_URL: "http://localhost:3001" }),
    ["variable.NEXTAUTH_URL", "failed", "variable_wrong"],
    /another origin than AUTH_URL/,
    /without it/,
  ],
  [
    "a secret that repeats itself",
    () => ({ AUTH_SECRET: "password".repeat(4) }),
    ["variable.AUTH_SECRET", "failed", "variable_wrong"],
    /repeats itself/,
    /openssl rand/,
  ],
  [
    "a secret that is too short",
    () => ({ AUTH_SECRET: "hunter2" }),
    ["variable.AUTH_SECRET", "failed", "variable_wrong"],
    /at least 32 characters/,
    /openssl rand/,
  ],
  [
    "one secret for two purposes",
    () => ({ CRON_SECRET: usable.AUTH_SECRET ?? "" }),
    ["variable.CRON_SECRET", "failed", "variable_wrong"],
    /must differ from AUTH_SECRET/,
    /set it/,
  ],
  [
    "a scope that Bitbucket does not have",
    () => ({ BITBUCKET_SCOPES: "account email read:me" }),
    ["variable.BITBUCKET_SCOPES", "failed", "scope_unknown"],
    /names a scope that Bitbucket does not have/,
    /account email/,
  ],
  [
    "a deployment that no scheduler calls",
    () => ({ CRON_SECRET: "" }),
    ["variable.CRON_SECRET", "warning", "cron_secret_missing"],
    /CRON_SECRET is not set/,
    /have a scheduler call/,
  ],
  [
    "a proxy that TRUSTED_PROXIES does not count",
    async () => {
      await withClient({ callback_url: "https://app.example" })()
      return { AUTH_URL: "https://app.example" }
    },
    ["variable.TRUSTED_PROXIES", "warning", "proxy_not_counted"],
    /TRUSTED_PROXIES is 0 although/,
    /how many of your proxies/,
  ],
  [
    "a workspace by its name",
    () => ({ ALLOWED_WORKSPACES: "Emulated Works" }),
    ["variable.ALLOWED_WORKSPACES", "failed", "workspace_impossible"],
    /can be no workspace/,
    /list UUIDs/,
  ],
]

test("a correct setup has no finding", async () => {
  expect(await findingsIn({}, "http://localhost:3000")).toEqual([])
})

test.each(broken)(
  "%s is one finding: one sentence that names the cause and the fix",
  async (_, breakIt, [id, state, code], cause, fix) => {
    const findings = await findingsIn(await breakIt())
    expect(findings).toEqual([{ id, state, code, sentence: expect.any(String) }])
    const [{ sentence } = { sentence: "" }] = findings
    expect(sentence).toMatch(/^[^;]+; [^;]+\.$/)
    expect(sentence).not.toMatch(/[.!?] [A-Z]/)
    expect(sentence).toMatch(cause)
    expect(sentence).toMatch(fix)
    expect(sentence).not.toContain("hunter")
  },
)

test("an app that is opened at another address than AUTH_URL is one finding", async () => {
  expect(await findingsIn({}, "http://127.0.0.1:3000")).toMatchObject([
    { id: "callback.seen_origin", state: "warning", code: "opened_elsewhere" },
  ])
})

test("a wrong clock is one finding, which says which way and by how much", async () => {
  await emulator.control.advanceClock(90_000)
  expect(await findingsIn({})).toMatchObject([
    {
      id: "clock.bitbucket",
      state: "warning",
      code: "clock_differs",
      sentence: expect.stringMatching(/is (89|90|91) seconds ahead of this machine's.*; .*NTP/),
    },
  ])
})
