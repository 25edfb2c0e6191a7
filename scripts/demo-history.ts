import type { Pool } from "pg"

type PastSession = {
  userAgent: string
  /** How long ago the person signed in, and last used it. */
  signedInMinutes: number
  lastSeenMinutes: number
}

const HOUR = 60
const DAY = 24 * HOUR

/** The first one has not been used for a week and a day, so it expired yesterday. */
const pastSessions: PastSession[] = [
  {
    userAgent:
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    signedInMinutes: 16 * DAY + 4 * HOUR + 13,
    lastSeenMinutes: 8 * DAY + 2 * HOUR + 41,
  },
  {
    userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
    signedInMinutes: 9 * DAY + HOUR + 26,
    lastSeenMinutes: 3 * DAY + 5 * HOUR,
  },
  {
    userAgent:
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile/15E148 Safari/604.1",
    signedInMinutes: 2 * DAY + 3 * HOUR + 8,
    lastSeenMinutes: 5 * HOUR,
  },
]

type Demo = {
  /** Origin of the app. */
  appUrl: string
  /** Origin of the emulator's site. */
  siteUrl: string
  /** Of a person of the emulator whose password is the same. */
  username: string
  /** The app's database, with the app's schema as search path. */
  database: Pool
}

/**
 * Signs a user in with several browsers, over HTTP and through every redirect, and moves what that stored into the past, so
 * that the demo's pages have something to show. Afterwards Bitbucket forgets the consent, so that it asks at the first
 * sign-in.
 *
 * @throws Error if a response is not as expected
 */
export async function makeHistory({ appUrl, siteUrl, username, database }: Demo): Promise<void> {
  for (const { userAgent, signedInMinutes, lastSeenMinutes } of pastSessions) {
    await signIn(appUrl, username, userAgent)
    await database.query(movedSession, [signedInMinutes, lastSeenMinutes])
    await database.query(movedSignIn, [signedInMinutes])
  }
  await database.query(movedConnection, [pastSessions[0]?.signedInMinutes])
  const forgotten = await fetch(`${siteUrl}/_control/grants/revoke`, {
    method: "POST",
    headers: { "x-emulator-control": "1", "content-type": "application/json" },
    body: JSON.stringify({ username }),
  })
  if (!forgotten.ok) throw new Error(`The emulator did not forget the consent: ${forgotten.status}`)
}

/** Moves the newest session, and when it expires with it. */
const movedSession = `
  update session
     set created_at = created_at - make_interval(mins => $1),
         last_seen_at = last_seen_at - make_interval(mins => $2),
         expires_at = expires_at - make_interval(mins => $2)
   where id_hash = (select id_hash from session order by created_at desc limit 1)`

const movedSignIn = `
  update activity set at = at - make_interval(mins => $1)
   where id = (select max(id) from activity where kind = 'signed_in')`

const movedConnection = `
  update connection set connected_at = connected_at - make_interval(mins => $1)
   where connected_at = (select max(connected_at) from connection)`

async function signIn(appUrl: string, username: string, userAgent: string): Promise<void> {
  const jars = new Map<string, Map<string, string>>()
  const send = async (url: URL, form?: URLSearchParams): Promise<Response> => {
    const jar = jars.get(url.host) ?? new Map()
    jars.set(url.host, jar)
    const response = await fetch(url, {
      redirect: "manual",
      headers: {
        "user-agent": userAgent,
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(form && { referer: url.href, origin: url.origin }),
      },
      ...(form && { method: "POST", body: form }),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (name) jar.set(name, value)
    }
    return response
  }
  let url = new URL("/oauth/bitbucket/authorize?next=/profile", appUrl)
  let response = await send(url)
  // The app, Bitbucket's sign-in and consent, each with a form and a redirect, and the callback.
  for (let hops = 0; hops < 10; hops++) {
    const location = response.headers.get("location")
    if (location === null) response = await send(url, fieldsOf(url, await response.text(), username))
    else {
      url = new URL(location, url)
      if (url.href === `${appUrl}/profile`) return
      response = await send(url)
    }
  }
  throw new Error(`Signing in ended at ${url.origin}${url.pathname} with ${response.status}.`)
}

/** What a user sends with Bitbucket's sign-in or consent form. */
function fieldsOf(url: URL, html: string, username: string): URLSearchParams {
  // The URL already has the consent form's other fields.
  const hidden = [
    ...html.matchAll(/<input type="hidden" name="(csrfmiddlewaretoken|next)" value="([^"]*)">/g),
  ]
  const fields = new URLSearchParams(
    hidden.map(([, name = "", value = ""]) => [name, value.replaceAll("&amp;", "&")]),
  )
  if (url.pathname.startsWith("/account/signin")) {
    fields.set("username", username)
    fields.set("password", username)
  } else fields.set("action", "approve")
  return fields
}
