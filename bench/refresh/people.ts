import { randomUUID } from "node:crypto"
import { sealTokens } from "auth-bitbucket/connections"
import { eq, sql } from "drizzle-orm"
import type { Profile } from "../../lib/bitbucket/profile"
import { connection, session, taskLease } from "../../lib/db/schema"
import { createSessionStore } from "../../lib/sessions/session-store"
import { client, obtainGrant } from "../../test/bitbucket-grant"
import type { Stage } from "./stage"

/** A signed-in user: a browser with a session, an account with a connection. */
export type Person = { username: string; accountUuid: string; sid: string }

/** Resets everything: the database is empty, Bitbucket has this many people and no faults. */
export async function startOver({ db, bitbucket }: Stage, people: number): Promise<string[]> {
  const usernames = Array.from({ length: people }, (_, index) => `person-${index + 1}`)
  await db.execute(sql`truncate ${connection}, ${session}, ${taskLease}`)
  await bitbucket.reset({
    people: usernames.map((username) => ({
      username,
      password: username,
      emails: [{ email: `${username}@example.com`, is_primary: true, is_confirmed: true }],
    })),
    clients: [
      {
        key: client.id,
        secret: client.secret,
        name: "Bench",
        // Without a port it allows every port of this machine.
        callback_url: "http://localhost",
        scopes: ["account", "email"],
      },
    ],
  })
  return usernames
}

/** Starts over and signs this many people in, each with their own grant. */
export async function signInPeople(stage: Stage, count: number): Promise<[Person, ...Person[]]> {
  const people: Person[] = []
  for (const username of await startOver(stage, count)) people.push(await signIn(stage, username))
  await stage.bitbucket.clearRequests()
  return people as [Person, ...Person[]]
}

async function signIn({ db, siteUrl, environment }: Stage, username: string): Promise<Person> {
  const { accessToken, refreshToken, lifetimeSeconds, scopes } = await obtainGrant(siteUrl, username)
  const profile = profileOf(username)
  const accountUuid = profile.account.uuid
  const secrets = [environment.AUTH_SECRET ?? ""] as [string]
  const sealedTokens = await sealTokens(
    { accessToken, refreshToken: refreshToken ?? "" },
    accountUuid,
    secrets,
  )
  const tokens = { sealedTokens, lifetimeSeconds, scopes: scopes ?? [] }
  const sessions = createSessionStore(db)
  const sid = await sessions.signIn({
    account: accountUuid,
    profile,
    save: (store) => store.save(accountUuid, tokens),
    userAgent: null,
    previousSid: null,
  })
  return { username, accountUuid, sid }
}

/** As if read at the sign-in, with its own uuid. */
export function profileOf(username: string): Profile {
  const unknown = { accountId: null, nickname: null, location: null, accountStatus: null, createdOn: null }
  const account = { ...unknown, uuid: `{${randomUUID()}}`, displayName: username, username, avatarUrl: null }
  return { account, emails: null }
}

/** Leaves this many seconds of every access token, or of one; a negative number means expired. */
export async function leaveSeconds({ db }: Stage, secondsLeft: number, accountUuid?: string): Promise<void> {
  await db
    .update(connection)
    .set({
      issuedAt: sql`now() - make_interval(secs => ${7_200 - secondsLeft})`,
      expiresAt: sql`now() + make_interval(secs => ${secondsLeft})`,
    })
    .where(accountUuid === undefined ? undefined : eq(connection.accountUuid, accountUuid))
}

/** Refresh requests that have arrived at Bitbucket, oldest first. */
export async function refreshRequests({ bitbucket }: Stage, username?: string) {
  const requests = await bitbucket.listRequests()
  return requests.filter(
    (request) =>
      request.grant_type === "refresh_token" && (username === undefined || request.username === username),
  )
}

/** The connections that have ended or are gone. */
export async function countSignedOut({ db }: Stage, people: readonly Person[]): Promise<number> {
  const rows = await db
    .select({ accountUuid: connection.accountUuid, status: connection.status })
    .from(connection)
  const alive = new Set(rows.filter(({ status }) => status === "active").map((row) => row.accountUuid))
  return people.filter(({ accountUuid }) => !alive.has(accountUuid)).length
}
