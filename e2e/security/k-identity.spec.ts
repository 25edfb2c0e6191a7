import type { Emulator } from "bitbucket-emulator"
import { startOwnApp } from "../own-app"
import { clientFor, seedFor } from "../seeds"
import { answering, person, user } from "./hostile-answers"
import { expect, test } from "./suite"
import { failureOf, Visitor } from "./visitor"

const workspaceUuid = "{1c2d3e4f-5a6b-4c7d-8e9f-0a1b2c3d4e5f}"
const bare = (uuid: string) => uuid.slice(1, -1)

test("K13 an allowed UUID admits its members, and not people whose workspace uses that UUID as its slug", async ({
  emulator,
  environment,
  database,
}) => {
  const entries = [workspaceUuid, bare(workspaceUuid), bare(workspaceUuid).toUpperCase()]
  for (const ALLOWED_WORKSPACES of entries) {
    await using app = await startOwnApp({ ...environment, ALLOWED_WORKSPACES })
    await emulator.control.reset({
      ...seedFor(app.url, ["member", "stranger"]),
      workspaces: [
        { slug: "our-team", uuid: workspaceUuid, members: { member: "member" } },
        { slug: bare(workspaceUuid), members: { stranger: "owner" } },
      ],
    })
    const stranger = new Visitor({ appUrl: app.url, emulator })
    expect(failureOf(await stranger.signIn("stranger")), ALLOWED_WORKSPACES).toBe("workspace_not_allowed")
    expect((await database.query("select 1 from connection")).rowCount).toBe(0)
    const member = new Visitor({ appUrl: app.url, emulator })
    expect(failureOf(await member.signIn("member")), ALLOWED_WORKSPACES).toBeNull()
    await database.query("delete from connection")
  }
})

const names = ["admin@corp.example", "admin_corp.example", "CORP\\dana", "dana"]

/** The environment of an app that signs in at the emulated Data Center, below this path. */
function dataCenter(environment: Record<string, string>, emulator: Emulator, path: string) {
  const { BITBUCKET_API_URL: _, ...others } = environment
  return { ...others, BITBUCKET_KIND: "datacenter", BITBUCKET_SITE_URL: `${emulator.siteUrl}${path}` }
}

async function switchToDataCenter(emulator: Emulator, appUrl: string): Promise<void> {
  await emulator.control.reset({
    people: names.map((username) => ({
      username,
      password: username,
      display_name: `The person ${username}`,
      emails: [{ email: `${names.indexOf(username)}@corp.example`, is_primary: true, is_confirmed: true }],
    })),
    clients: [clientFor(appUrl, { scopes: [] })],
  })
  await emulator.control.changeConfig({ contract: "datacenter", context_path: "/bitbucket" })
}

test("K14 Data Center users with similar names are each signed in as themselves, or not at all", async ({
  emulator,
  environment,
  database,
}) => {
  await using app = await startOwnApp(dataCenter(environment, emulator, "/bitbucket"))
  await switchToDataCenter(emulator, app.url)
  for (const name of names) {
    const visitor = new Visitor({ appUrl: app.url, emulator })
    expect(failureOf(await visitor.signIn(name)), name).toBeNull()
    expect((await visitor.send("/profile")).text, name).toContain(`The person ${name}`)
  }
  expect((await database.query("select 1 from connection")).rowCount).toBe(names.length)

  const whoami = "/bitbucket/plugins/servlet/applinks/whoami"
  for (const name of ["anonymous", "", "unknown@corp.example", "%E0%A4%A", "dan"]) {
    const headers = { "content-type": "text/plain", "x-ausername": name }
    await emulator.control.addFault(answering(whoami, "", { headers }))
    const visitor = new Visitor({ appUrl: app.url, emulator })
    expect(failureOf(await visitor.signIn("dana")), name).not.toBeNull()
    await emulator.control.clearFaults()
  }
  expect((await database.query("select 1 from session")).rowCount).toBe(names.length)
})

test("K15 after a change of server, the cookie, tokens and history of its user with the same number open nothing", async ({
  emulator,
  environment,
  database,
  cronSecret,
}) => {
  // Two base addresses, so two issuers, where all users have the same number.
  const first = await startOwnApp(dataCenter(environment, emulator, ""))
  await switchToDataCenter(emulator, first.url)
  const old = new Visitor({ appUrl: first.url, emulator })
  expect(failureOf(await old.signIn("dana"))).toBeNull()
  expect((await old.send("/profile")).status).toBe(200)
  const cookies = new Map(old.cookies)
  await database.query(
    "update connection set stays_connected = true, issued_at = now() - interval '60 days', expires_at = now() - interval '1 second'",
  )
  await database.query("update activity set detail = 'a browser of the old server'")
  await first[Symbol.asyncDispose]()

  await using second = await startOwnApp(dataCenter(environment, emulator, "/bitbucket"), first.port)
  await emulator.control.clearRequests()
  for (const path of ["/profile", "/integrations/bitbucket", "/sessions", "/activity"]) {
    const copy = old.copy()
    expect((await copy.send(path)).status, path).toBe(307)
  }
  expect((await old.copy().send("/api/auth/session")).text).toBe("null")
  expect((await old.copy().send("/api/token/refresh", { method: "POST" })).status).toBe(401)

  const visitor = new Visitor({ appUrl: second.url, emulator })
  expect(failureOf(await visitor.signIn("dana"))).toBeNull()
  const { rows } = await database.query(
    "select issuer, account_uuid, version from connection order by issuer",
  )
  const number = rows[0].account_uuid.split("#")[1]
  expect(rows).toEqual(
    ["", "/bitbucket"].map((path) => {
      const issuer = `${emulator.siteUrl}${path}`
      return { issuer, account_uuid: `${issuer}#${number}`, version: 1 }
    }),
  )
  for (const [name, value] of cookies) old.cookies.set(name, value)
  expect((await old.send("/profile")).status, "with the old cookie").toBe(307)
  const history = (await visitor.send("/activity")).text
  expect(history).toContain("Signed in")
  expect(history).not.toContain("a browser of the old server")

  const refreshes = async () =>
    (await emulator.control.listRequests()).filter(({ grant_type }) => grant_type === "refresh_token")
  const cron = { headers: { authorization: `Bearer ${cronSecret}` } }
  const answer = await visitor.send("/api/cron/keep-alive", cron)
  expect(JSON.parse(answer.text)).toMatchObject({ refreshed: 0, ended: 0, failed: 0 })
  expect(await refreshes(), "no refresh token of the old server is sent to the new one").toEqual([])
})

test("K16 a Data Center address is shown but does not count as confirmed; the app does not start if it requires one", async ({
  emulator,
  environment,
}) => {
  const settings = dataCenter(environment, emulator, "/bitbucket")
  await expect(startOwnApp({ ...settings, REQUIRE_CONFIRMED_EMAIL: "on" })).rejects.toThrow(
    "REQUIRE_CONFIRMED_EMAIL must be off with BITBUCKET_KIND=datacenter: Data Center does not say whether an address is confirmed.",
  )
  await using app = await startOwnApp(settings)
  await switchToDataCenter(emulator, app.url)
  const visitor = new Visitor({ appUrl: app.url, emulator })
  await visitor.signIn("dana")
  const { text } = await visitor.send("/profile")
  expect(text).toContain("3@corp.example")
  expect(text).toContain("Not confirmed")
  expect(text).toContain("No confirmed email address")
})

/** An entry of `GET /2.0/user/emails`. */
const primary = (email: unknown) => ({ type: "email", email, is_primary: true, is_confirmed: true })
const listing = (entries: unknown[]) =>
  answering("/2.0/user/emails", { values: entries, size: entries.length, pagelen: 10, page: 1 })

test("K17 a confirmed address counts however it is written, and an unreadable one does not count as having none", async ({
  emulator,
  environment,
  visitor,
}) => {
  await using app = await startOwnApp({ ...environment, REQUIRE_CONFIRMED_EMAIL: "on" })
  await emulator.control.reset(seedFor(app.url))
  const shown = {
    "info@xn--e1afmkfd.xn--p1ai": "info@xn--e1afmkfd.xn--p1ai",
    "müller@müller.example": "müller@müller.example",
    "a&b@mail.example": "a&amp;b@mail.example",
    "x#y~z/w@mail.example": "x#y~z/w@mail.example",
    '"john@home"@mail.example': "&quot;john@home&quot;@mail.example",
  }
  for (const [address, html] of Object.entries(shown)) {
    await emulator.control.addFault(listing([primary(address)]))
    const one = new Visitor({ appUrl: app.url, emulator })
    expect(failureOf(await one.signIn()), address).toBeNull()
    expect((await one.send("/profile")).text).toContain(html)
    await emulator.control.clearFaults()
  }
  for (const entry of [primary("a\nb@mail.example"), primary(7), { email: "a@b.example" }, null]) {
    await emulator.control.addFault(listing([entry]))
    const one = new Visitor({ appUrl: app.url, emulator })
    expect(failureOf(await one.signIn()), JSON.stringify(entry)).toBe("email_not_shown")
    await emulator.control.clearFaults()
  }
  await emulator.control.addFault(listing([{ ...primary("a@b.example"), is_confirmed: false }]))
  const unconfirmed = new Visitor({ appUrl: app.url, emulator })
  expect(failureOf(await unconfirmed.signIn())).toBe("no_confirmed_email")

  await emulator.reset()
  await emulator.control.addFault(listing([primary("a\nb@mail.example")]))
  expect(failureOf(await visitor.signIn())).toBeNull()
  expect((await visitor.send("/profile")).text).toContain("An address that this site cannot read")
})

test("K18 a person's uuid is one identity, with braces or without, in upper or lower case", async ({
  visitor,
  emulator,
  database,
}) => {
  for (const uuid of [
    person.uuid,
    bare(person.uuid),
    person.uuid.toUpperCase(),
    bare(person.uuid).toUpperCase(),
  ]) {
    await emulator.control.addFault(user({ ...person, uuid }))
    expect(failureOf(await visitor.signIn()), uuid).toBeNull()
    await emulator.control.clearFaults()
    const { rows } = await database.query("select account_uuid from connection")
    expect(rows, uuid).toEqual([{ account_uuid: person.uuid }])
  }
})

test("K19 half a character and NUL in any text of a profile are replaced, and signing in works", async ({
  visitor,
  emulator,
  database,
  appLog,
}) => {
  const texts = ["Ann \ud83d", "\ude00 Ann", "\ud83d", `x${"\u{1F600}".repeat(400)}`, "a\u0000b"]
  for (const text of texts)
    for (const field of [
      "display_name",
      "nickname",
      "username",
      "location",
      "account_id",
      "account_status",
    ]) {
      await emulator.control.addFault(user({ ...person, [field]: text }))
      expect(failureOf(await visitor.signIn()), `${field}: ${JSON.stringify(text.slice(0, 9))}`).toBeNull()
      await database.query(
        "update connection set profile_read_at = now() - interval '1 hour', profile_asked_at = null",
      )
      expect((await visitor.send("/profile")).status).toBe(200)
      await emulator.control.clearFaults()
    }
  await emulator.control.addFault(user(person))
  await database.query(
    "update connection set profile_read_at = now() - interval '1 hour', profile_asked_at = null",
  )
  await emulator.control.addFault(listing([primary("ann\ud83d@mail.example")]))
  expect((await visitor.send("/profile")).text).toContain("ann\ufffd@mail.example")
  expect(appLog()).not.toContain("Failed query")
})
