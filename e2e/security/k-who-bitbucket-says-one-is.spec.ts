import { readProfileAgo } from "../person"
import { person, user, uuid } from "./hostile-answers"
import { expect, test } from "./suite"
import { failureOf } from "./visitor"

test("K10 a name is text of 256 characters at most, in pages, cookies and logs", async ({
  visitor,
  emulator,
  database,
  appLog,
}) => {
  const names = [
    "<script>alert(1)</script>",
    "\u202eevil\u2066\u200f",
    "line\r\nbreak\u0000\u001b[31mred\u0007",
    "n".repeat(20_000),
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}<%= 7*7 %>",
    "</script><script>alert(1)</script>",
    "\u200b\u2060\ufeff",
  ]
  for (const display_name of names) {
    await emulator.control.addFault(user({ ...person, display_name }))
    expect(failureOf(await visitor.signIn())).toBeNull()
    const page = await visitor.send("/profile")
    expect(page.status).toBe(200)
    expect(page.text).not.toMatch(/<script>alert|<img src=x|\p{Bidi_Control}|>49</u)
    expect(page.text).not.toMatch(/[^\P{Cc}\n\r\t]/u)
    const { rows } = await database.query("select profile->'account'->>'displayName' as name from connection")
    expect((rows[0].name ?? "").length).toBeLessThanOrEqual(256)
    await emulator.control.clearFaults()
  }
  expect(appLog()).not.toMatch(/alert|evil|\[31m/)
})

test("K10 an invisible name is no name", async ({ visitor, emulator, database }) => {
  await emulator.control.addFault(user({ ...person, display_name: "\u200b\u2060\ufeff\u00ad" }))
  await visitor.signIn()
  const { rows } = await database.query("select profile->'account'->>'displayName' as name from connection")
  expect(rows).toEqual([{ name: null }])
  expect((await visitor.send("/profile")).text).toContain("made-up")
})

test("K11 tokens of another account end the connection and its sessions", async ({
  visitor,
  stranger,
  emulator,
  database,
  appLog,
}) => {
  await visitor.signIn()
  stranger.leaveBitbucket()
  await stranger.signIn("zoe")
  await database.query(
    "update connection set expires_at = now() - interval '1 second' where profile->'account'->>'displayName' = 'Demo Person'",
  )
  await readProfileAgo(database, "1 hour")
  await emulator.control.addFault({
    ...user({ ...person, display_name: "Some Body Else" }),
    match: { path: "/2.0/user", username: "demo" },
  })
  const page = await visitor.send("/profile")
  expect(page.text).not.toContain("Some Body Else")
  await emulator.control.clearFaults()
  const after = await visitor.send("/profile")
  expect([after.status, after.headers.location]).toEqual([307, "/signin?next=%2Fprofile"])
  expect((await visitor.send("/api/token/refresh", { method: "POST" })).status).toBe(401)
  expect((await database.query("select 1 from connection")).rowCount, "the other person's").toBe(1)
  expect((await stranger.send("/profile")).status).toBe(200)
  await expect.poll(appLog).toContain('"event":"connection_of_another_account"')
  const { rows } = await database.query("select kind, detail from activity where kind = 'connection_ended'")
  expect(rows).toEqual([{ kind: "connection_ended", detail: "other_account" }])
})

test("K12 a person's uuid is their identity: a new name stays theirs, and an old name or address makes no one else them", async ({
  visitor,
  stranger,
  emulator,
  database,
}) => {
  await emulator.control.addFault(user(person))
  await visitor.signIn()
  await emulator.control.clearFaults()
  await emulator.control.addFault(
    user({ ...person, display_name: "Renamed", nickname: "renamed", account_id: "other" }),
  )
  await visitor.signIn()
  expect((await visitor.send("/profile")).text).toContain("Renamed")
  expect((await database.query("select 1 from connection")).rowCount).toBe(1)

  await emulator.control.clearFaults()
  await emulator.control.addFault(
    user({ ...person, uuid: uuid.replace("3b1f", "4c2a"), display_name: "Renamed" }),
  )
  await stranger.signIn()
  expect((await database.query("select 1 from connection")).rowCount).toBe(2)
})

test("K12 a suspended account gets a clear refusal, and an unconfirmed address identifies no one", async ({
  visitor,
  emulator,
}) => {
  await emulator.control.addFault(user({ type: "error", error: { message: "suspended" } }, { status: 403 }))
  expect(failureOf(await visitor.signIn())).not.toBeNull()
  await emulator.control.clearFaults()
  visitor.leaveBitbucket()
  await visitor.signIn("una")
  expect((await visitor.send("/profile")).text).toContain("No confirmed email address")
})
