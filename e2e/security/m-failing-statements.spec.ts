import { readFileSync } from "node:fs"
import type { Emulator, FaultInput } from "bitbucket-emulator"
import { startStatementCounter } from "../../test/statement-counter"
import { startOwnApp } from "../own-app"
import { signInFrom } from "../person"
import { clientFor } from "../seeds"
import { type Canary, leaksIn } from "./canaries"
import { readForm, sendForm } from "./forms"
import { type Answer, leadsTo } from "./http"
import { builtRoutes } from "./routes"
import { expect, test } from "./suite"
import { Visitor } from "./visitor"

type Fault = { sqlState: string; meaning: "bug" | "unavailable" }

const faults: Fault[] = [
  // An exception, a statement that takes too long, and a server that accepts no writes.
  { sqlState: "P0001", meaning: "bug" },
  { sqlState: "57014", meaning: "unavailable" },
  { sqlState: "25006", meaning: "unavailable" },
]

const NAME = "Zephyrine Quillfeather"
const EMAIL = "zephyrine.quillfeather@example.com"
const OTHER_EMAIL = "zq-at-home@example.com"

type World = {
  visitor: Visitor
  emulator: Emulator
  /** The app's. */
  origin: string
  /** Runs on the database directly, so that it never fails. */
  change: (statement: string) => Promise<unknown>
  bearer: (path: string) => Record<string, string>
}

type Scenario = {
  name: string
  /** Sets up what the scenario needs besides a signed-in person. */
  prepare?: (world: World) => Promise<unknown>
  /** Prepares the request, and returns what sends it while a statement fails. */
  act: (world: World) => Promise<() => Promise<Answer>>
  /** A statement that runs after the response. */
  behind?: RegExp
  /** The statements without which the response can only be an error. */
  needs?: RegExp
  /** A grant or response of Bitbucket's that works only once. */
  usesUp?: true
}

type Line = { event?: string; reason?: string; id?: string }

const clear = ["connection", "activity", "token_use", "rate_limit", "task_lease"]
  .map((table) => `delete from ${table}`)
  .join("; ")

/** Waits for a condition that comes true soon, hundreds of times per run. */
const until = (what: string, condition: () => boolean) =>
  expect.poll(condition, { message: what, intervals: [1, 5, 10, 20, 50, 100] }).toBe(true)

const get = (path: string) => async (world: World) => () =>
  world.visitor.send(path, { headers: { accept: "text/html", ...world.bearer(path) } })

const post = (path: string) => async (world: World) => () =>
  world.visitor.post(path, {}, { origin: world.origin, "sec-fetch-site": "same-origin" })

/** Presses a button on its page, which sends the form of one server action. */
const pressing = (path: string, button: string) => async (world: World) => {
  const form = await readForm(world.visitor, path, button)
  for (const name of form.keys()) pressedActions.add(name.replace(/^\$ACTION_ID_/, ""))
  return () => sendForm(world.visitor, path, form, { origin: world.origin })
}

const pressedActions = new Set<string>()

const expired = "update connection set expires_at = now() - interval '1 second', retry_at = null"
const json = { "content-type": "application/json" }
const refreshAnswer = (status: number, body: object): FaultInput => ({
  match: { grant_type: "refresh_token" },
  kind: "status",
  status,
  headers: json,
  body: JSON.stringify(body),
  times: null,
})
const refresh =
  async ({ visitor }: World) =>
  () =>
    visitor.send("/api/token/refresh", { method: "POST" })
const anotherBrowser =
  "insert into session (id_hash, connection_id, expires_at) select gen_random_uuid()::text, id, now() + interval '1 day' from connection"

/** One expired row of each kind. */
const expiredRows = `
  insert into connection (account_uuid, sealed_tokens, scopes, issued_at, expires_at, profile, profile_read_at)
    values ('{away}', 'x', '{}', now(), now(), '{}', now());
  insert into session (id_hash, connection_id, expires_at) select 'away', id, now() from connection where account_uuid = '{away}';
  insert into activity (account_uuid, kind, at) values ('{away}', 'signed_in', now() - interval '91 days');
  insert into token_use (account_uuid, hour, purpose, count, last_at)
    values ('{away}', now() - interval '91 days', 'page:profile', 1, now());
  insert into spent_state (state_hash, expires_at) values ('away', now());
  insert into rate_limit (key, points, expire) values ('away', 1, 1)`

/** After the response to a sign-in the app looks for expired rows, and deletes a few of each kind; these go last. */
const lookForExpired = /^select \(exists/
const lastExpired = /^delete from "auth_bitbucket"."rate_limit"/

/** The app keeps trying to store new tokens, since Bitbucket retires the old ones. */
const keptTrying = /^update .* set "sealed_tokens"/

/** States that a plain GET of a route does not reach; each build lists its routes itself. */
const scenarios: Scenario[] = [
  {
    name: "a sign-in",
    usesUp: true,
    behind: lastExpired,
    needs: /(^|\s)insert into "auth_bitbucket"."?(spent_state|connection|session)\b|^begin|^commit/,
    prepare: ({ change }) => change(expiredRows),
    act: async ({ visitor }) => {
      const callback = await visitor.consent(await visitor.start(), "zephyrine")
      return () => visitor.send(callback)
    },
  },
  {
    name: "a browser that was away",
    prepare: ({ change }) => change("update session set last_seen_at = now() - interval '1 hour'"),
    act: get("/sessions"),
    behind: /set "last_seen_at"/,
  },
  {
    name: "signing out as Auth.js does",
    act: async ({ visitor, origin }) => {
      const { csrfToken } = JSON.parse((await visitor.send("/api/auth/csrf")).text)
      return () => visitor.post("/api/auth/signout", { csrfToken, callbackUrl: "/" }, { origin })
    },
  },
  { name: "a refresh", usesUp: true, prepare: ({ change }) => change(expired), act: refresh },
  {
    name: "a refresh of a page",
    usesUp: true,
    prepare: ({ change }) => change(expired),
    act: get("/profile"),
  },
  {
    name: "a refresh in an outage",
    prepare: async ({ change, emulator }) => {
      await change(expired)
      await emulator.control.addFault(refreshAnswer(503, {}))
    },
    act: refresh,
  },
  {
    name: "a refresh that ends the connection",
    prepare: async ({ change, emulator }) => {
      await change(expired)
      await emulator.control.addFault(
        refreshAnswer(400, { error: "invalid_grant", error_description: "Invalid refresh_token" }),
      )
    },
    act: refresh,
  },
  {
    name: "an access token that Bitbucket refuses",
    usesUp: true,
    prepare: async ({ change, emulator }) => {
      await change(
        "update connection set profile_read_at = now() - interval '1 day', profile_asked_at = null",
      )
      await emulator.control.addFault({
        match: { path: "/2.0/user" },
        kind: "status",
        status: 401,
        times: null,
      })
    },
    act: get("/integrations/bitbucket"),
  },
  {
    name: "an old profile",
    prepare: ({ change }) =>
      change("update connection set profile_read_at = now() - interval '1 day', profile_asked_at = null"),
    act: get("/profile"),
  },
  {
    name: "a profile refreshed after the response",
    prepare: ({ change }) =>
      change(`update connection set profile_read_at = now() - interval '5 minutes', profile_asked_at = null`),
    act: get("/profile"),
    behind: /set "profile"/,
  },
  {
    name: "the daily job",
    usesUp: true,
    prepare: async ({ change }) => {
      await change(anotherBrowser)
      await change("update session set expires_at = now() - interval '1 day' where user_agent is null")
      await change(
        "update connection set issued_at = now() - interval '40 days', expires_at = now() - interval '39 days'",
      )
      await change(
        "insert into connection (account_uuid, sealed_tokens, scopes, issued_at, expires_at, profile, profile_read_at) values ('{unwanted}', 'x', '{}', now(), now(), '{}', now())",
      )
    },
    act: get("/api/cron/keep-alive"),
  },
  { name: "signing out", needs: /"session"|^begin|^commit/, act: pressing("/sessions", "Sign out") },
  {
    name: "disconnecting",
    needs: /"connection"/,
    act: pressing("/integrations/bitbucket", "Disconnect now"),
  },
  {
    name: "deleting one's data",
    needs: /^delete|^begin|^commit/,
    act: pressing("/integrations/bitbucket", "Delete my data now"),
  },
  {
    name: "refreshing by hand",
    usesUp: true,
    needs: /^select/,
    prepare: ({ change }) => change("update connection set issued_at = now() - interval '10 minutes'"),
    act: pressing("/integrations/bitbucket", "Renew access now"),
  },
  {
    name: "staying connected",
    needs: /"connection"/,
    act: pressing("/integrations/bitbucket", 'name="stay"'),
  },
  {
    name: "ending another browser's session",
    needs: /^delete/,
    prepare: ({ change }) => change(anotherBrowser),
    act: pressing("/sessions", 'name="reference"'),
  },
  {
    name: "ending all other sessions",
    needs: /^delete/,
    prepare: ({ change }) => change(anotherBrowser),
    act: pressing("/sessions", "Sign out everywhere else"),
  },
  { name: "choosing a theme", act: pressing("/sessions", 'value="dark"') },
]

/** Pages and calls that show a person's data, or count people. */
const ofPerson =
  /^\/(profile|integrations|workspaces|sessions|activity|disconnected|api\/auth\/session|api\/metrics)(\/|$)/

const told = {
  bug: /on our side|internal_error|digest\\?":\\?"\d+/,
  unavailable: /database is unavailable|database_unavailable/i,
}

test("M16 the error page and one log line for each failing statement are right, and nothing about a person is printed", async ({
  emulator,
  environment,
  database,
  storedTokens,
}) => {
  await using counter = await startStatementCounter(environment.DATABASE_URL ?? "")
  await using app = await startOwnApp({ ...environment, DATABASE_URL: counter.url, LOG_LEVEL: "debug" })
  await emulator.control.reset({
    people: [
      {
        username: "zephyrine",
        password: "zephyrine",
        display_name: NAME,
        emails: [
          { email: EMAIL, is_primary: true, is_confirmed: true },
          { email: OTHER_EMAIL, is_confirmed: true },
        ],
      },
    ],
    clients: [clientFor(app.url)],
  })
  const visitor = new Visitor({ appUrl: app.url, emulator })
  const secrets: Record<string, string | undefined> = {
    "/api/cron/keep-alive": environment.CRON_SECRET,
    "/api/metrics": environment.METRICS_SECRET,
  }
  const world: World = {
    visitor,
    emulator,
    origin: app.url,
    change: (statement) => database.query(statement),
    bearer: (path) => (secrets[path] ? { authorization: `Bearer ${secrets[path]}` } : {}),
  }

  const restore = await Promise.all(
    ["connection", "session"].map(async (table) => {
      const { rows } = await database.query(
        `select string_agg(quote_ident(column_name), ', ') as names from information_schema.columns
          where table_name = $1 and table_schema = current_schema() and is_generated = 'NEVER'`,
        [table],
      )
      return `insert into ${table} (${rows[0].names}) select ${rows[0].names} from kept_${table}`
    }),
  ).then((statements) => statements.join("; "))

  let tokens: string[] = []
  async function signIn(): Promise<void> {
    await emulator.control.clearFaults()
    await database.query(`${clear}; delete from spent_state`)
    counter.take()
    const answer = await visitor.signIn("zephyrine")
    expect(answer.headers.location, "everything works again").toBe(`${app.url}/profile`)
    await until("what follows a sign-in is done", () =>
      counter.take().some((one) => lookForExpired.test(one)),
    )
    // What a scenario prepares must come too late for it.
    await until("it has been answered", counter.isQuiet)
    tokens = await storedTokens()
  }

  await signIn()
  const cookies = [...visitor.cookies]
  await database.query(
    "create table kept_connection as table connection; create table kept_session as table session",
  )

  /** Sets up a scenario: by a new sign-in if the last one is used up, otherwise from copies. */
  async function begin({ prepare, act, usesUp }: Scenario): Promise<() => Promise<Answer>> {
    // Work still running after a response would undo this setup.
    await until("every statement has been answered", counter.isQuiet)
    if (usesUp) await signIn()
    else {
      await emulator.control.clearFaults()
      await database.query(`${clear}; ${restore}`)
      visitor.cookies.clear()
      for (const [name, value] of cookies) visitor.cookies.set(name, value)
    }
    await prepare?.(world)
    return act(world)
  }

  async function canaries(): Promise<Canary[]> {
    const { rows } = await database.query(
      "select sealed_tokens, id_hash from connection join session on connection_id = id",
    )
    const stored = rows.flatMap((row) => [row.sealed_tokens, row.id_hash])
    return [NAME, EMAIL, OTHER_EMAIL, ...visitor.cookies.values(), ...stored, ...tokens]
      .filter((value) => value.length > 8)
      .map((value) => ({ name: value.slice(0, 12), value }))
  }

  // Readiness asks once a second at most and logs changes only: `lib/server/readiness.test.ts`.
  const { pages, handlers } = builtRoutes()
  const reading: Scenario[] = [...pages, ...handlers]
    .filter((path) => path !== "/api/health")
    .map((path) => ({
      name: `GET ${path}`,
      act: get(path),
      ...(ofPerson.test(path) && { needs: /^select/ }),
    }))
  const posting: Scenario[] = handlers.map((path) => ({ name: `POST ${path}`, act: post(path) }))
  const all = [...reading, ...posting, ...scenarios]
  const failedBefore = new Set<string>()
  for (const scenario of all) {
    const statements: string[] = []
    const act = await begin(scenario)
    counter.take()
    await act()
    await until(`${scenario.name}, with all of its statements`, () => {
      // What tokens were used for is written at a time of its own: `lib/accounts/token-uses.test.ts`.
      statements.push(...counter.take().filter((one) => !/into "auth_bitbucket".token_use/.test(one)))
      return !scenario.behind || statements.some((one) => scenario.behind?.test(one))
    })
    for (const statement of new Set(statements)) {
      if (failedBefore.has(statement) && !scenario.needs?.test(statement)) continue
      failedBefore.add(statement)
      for (const { sqlState, meaning } of faults) {
        const what = `${scenario.name}, ${sqlState}, ${statement.slice(0, 100)}`
        const act = await begin(scenario)
        const known = await canaries()
        const from = app.log().length
        const written = () => app.log().slice(from)
        const lines = () =>
          written()
            .split("\n")
            .slice(0, -1)
            .map((line) => JSON.parse(line) as Line)
        counter.failWhere((one) => one === statement, { sqlState })
        const answered = act()
        if (keptTrying.test(statement)) {
          await until(`${what}: a first attempt`, () => lines().some(({ reason }) => reason === sqlState))
          expect(counter.heal(), `${what}: has failed`).toBeGreaterThan(0)
        }
        const answer = await answered
        const page =
          answer.status < 400 && answer.headers.location
            ? await visitor.send(pathOf(answer, app.url))
            : answer
        await until(`${what}: a line with the reason`, () =>
          lines().some(({ reason }) => reason === sqlState),
        )
        if (!keptTrying.test(statement)) expect(counter.heal(), `${what}: has failed`).toBeGreaterThan(0)

        const text = `${answer.headers.location} ${answer.text} ${page.text}`
        expect.soft(told[meaning === "bug" ? "unavailable" : "bug"].exec(text)?.[0], what).toBeUndefined()
        const isTold = told[meaning].test(text)
        if (meaning === "bug" && isTold)
          expect
            .soft(
              lines().some(({ id }) => id && text.includes(id)),
              `${what}: its id is logged`,
            )
            .toBe(true)
        // A page reads what it shows; a form or call writes what it is about.
        const isNeeded = scenario.needs?.test(statement) ?? false
        if (isNeeded) expect.soft(isTold, `${what}: is told`).toBe(true)
        expect
          .soft(
            lines().filter(({ event }) => event === "printed"),
            what,
          )
          .toEqual([])
        expect.soft(leaksIn(written(), known), what).toEqual([])
        expect.soft(written(), what).not.toMatch(/select |insert into|update "|delete from|Key \(|Do without/)
      }
    }
  }
  await database.query("drop table kept_connection, kept_session")

  const { node: actions } = JSON.parse(readFileSync(".next/server/server-reference-manifest.json", "utf8"))
  expect(
    [...pressedActions].filter((id) => id in actions).sort(),
    "every server action is one of the scenarios",
  ).toEqual(Object.keys(actions).sort())
})

function pathOf(answer: Answer, appUrl: string): string {
  const { origin, pathname, search } = leadsTo(answer, appUrl)
  return origin === appUrl ? pathname + search : "/"
}

test("M16b a page whose statement the database refuses says whose fault it is, with the reference of its log line", async ({
  page,
  database,
  appLog,
  expectedConsoleErrors,
}) => {
  expectedConsoleErrors.push(/status of 500/)
  await signInFrom(page, "/profile")
  await database.query("alter table activity rename to activity_away")
  try {
    const response = await page.goto("/activity")
    expect(response?.status()).toBe(500)
    const alert = page.getByRole("main").getByRole("alert")
    await expect(alert).toContainText("Something went wrong on our side")
    // The details for the site's owner are closed.
    await expect(alert.getByText(/database/i).filter({ visible: true })).toHaveCount(0)
    const reference = await alert.locator("code").textContent()
    const line = appLog()
      .split("\n")
      .find((one) => one.includes(`"id":"${reference}"`))
    expect(JSON.parse(line ?? "")).toMatchObject({
      event: "request_failed",
      code: "database_refused",
      reason: "42P01",
    })
    await expect(page.getByRole("main").getByRole("link", { name: "Try again" })).toHaveAttribute(
      "href",
      "/activity",
    )
  } finally {
    await database.query("alter table activity_away rename to activity")
  }
})
