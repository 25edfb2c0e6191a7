import { existsSync } from "node:fs"
import path from "node:path"

/**
 * What signing in, storing tokens and the protected pages must withstand: one row per promise. The tests of this
 * folder whose titles begin with a row's id show it, or the row says why no test can.
 */
export type SecurityRow = {
  id: string
  /** A failing row of priority 0 blocks a release. */
  priority: 0 | 1 | 2
  /** The promise, in one line. */
  line: string
  /** Why no test on this machine can show it. */
  notTestable?: string
  /** Tested with the legacy sign-in in `e2e/oauth1`, and removed together with it. */
  legacy?: true
}

export const groups: Readonly<Record<string, string>> = {
  A: "Starting a sign-in",
  B: "The callback",
  C: "Where people return to",
  D: "The session cookie",
  E: "Ways around the middleware",
  F: "Tokens and the browser",
  G: "Refreshing on request",
  H: "Response headers",
  I: "Caches",
  J: "Hosts, methods, sizes and abuse",
  K: "A misbehaving Bitbucket",
  L: "OAuth 1.0a",
  M: "Secrets, logs and dependencies",
  N: "Who may sign in, and for how long",
}

const catalogue: readonly SecurityRow[] = [
  {
    id: "A1",
    priority: 0,
    line: "The authorization request holds exactly what RFC 6749 and RFC 7636 require, and nothing else.",
  },
  {
    id: "A2",
    priority: 0,
    line: "A thousand sign-ins produce a thousand different, unguessable states and challenges.",
  },
  {
    id: "A3",
    priority: 0,
    line: "A callback without a pending sign-in creates no session and sends no request to Bitbucket.",
  },
  {
    id: "A4",
    priority: 0,
    line: "Another person's callback does nothing in a browser that is signing in.",
  },
  {
    id: "A5",
    priority: 0,
    line: "A stolen code is worthless in another browser, as far as Bitbucket verifies PKCE.",
  },
  {
    id: "A6",
    priority: 0,
    line: "A callback works once, whichever browser repeats it with whichever cookies.",
  },
  {
    id: "A7",
    priority: 1,
    line: "Bitbucket's answer ends a sign-in, whatever the answer is; a forged answer ends none.",
  },
  {
    id: "A8",
    priority: 1,
    line: "Two tabs can sign in at the same time and finish in any order.",
  },
  {
    id: "A9",
    priority: 1,
    line: "Abandoned sign-ins do not fill a browser with cookies.",
  },
  {
    id: "A10",
    priority: 0,
    line: "Other sites, images, frames and prefetches cannot start a sign-in.",
  },
  {
    id: "A11",
    priority: 1,
    line: "A sign-in expires after fifteen minutes, and its cookie works for no other sign-in.",
  },
  {
    id: "A12",
    priority: 1,
    line: "The app refuses and removes sign-in cookies that were altered, cut, padded or swapped.",
  },
  {
    id: "A13",
    priority: 1,
    line: "Removing PKCE from the authorization request does not remove it from the exchange.",
  },
  {
    id: "A14",
    priority: 1,
    line: "Signing in again creates a new session, ends the old one and shows only the new person.",
  },

  {
    id: "B1",
    priority: 0,
    line: "The app refuses a callback without a code or a state before it asks Bitbucket.",
  },
  {
    id: "B2",
    priority: 1,
    line: "The app refuses a callback with repeated or misspelt parameters.",
  },
  {
    id: "B3",
    priority: 0,
    line: "Every error that Bitbucket can send back has a page in plain words.",
  },
  {
    id: "B4",
    priority: 0,
    line: "Nothing in a URL becomes markup, a link or a header.",
  },
  {
    id: "B5",
    priority: 1,
    line: "The app refuses oversized and malformed callbacks early, and sends nothing long to Bitbucket.",
  },
  {
    id: "B6",
    priority: 1,
    line: "Unknown callback parameters change nothing; the app refuses a wrong issuer.",
  },
  {
    id: "B7",
    priority: 0,
    line: "An access token in a URL or fragment signs no one in.",
  },
  { id: "B8", priority: 1, line: "The callback answers GET only; a HEAD request does not use the code up." },
  {
    id: "B9",
    priority: 1,
    line: "A link checker that opens the callback first does not break the sign-in for the browser.",
  },
  {
    id: "B10",
    priority: 0,
    line: "Misspelt paths below the sign-in routes are client errors that give no detail.",
  },
  {
    id: "B11",
    priority: 1,
    line: "Back, reload and a bookmark of the callback lead to a sensible page.",
  },
  {
    id: "B12",
    priority: 0,
    line: "After one redirect, code and state are gone from the address bar, the history and the Referer.",
  },
  {
    id: "B13",
    priority: 1,
    line: "A callback that arrives twice at the same time makes one exchange and one session.",
  },

  {
    id: "C1",
    priority: 0,
    line: "No hostile callbackUrl in the sign-in form leads off this app.",
  },
  {
    id: "C2",
    priority: 0,
    line: "No hostile value under any usual parameter name leads off this app, from any public page or from the sign-in route.",
  },
  {
    id: "C3",
    priority: 0,
    line: "No hostile value in a cookie leads off this app or locks a person out.",
  },
  {
    id: "C4",
    priority: 1,
    line: "A malformed return address leads to the default page, never to a server error.",
  },
  {
    id: "C5",
    priority: 0,
    line: "With the worst values, a real browser stays on this app's origin and shows no dialog.",
  },
  {
    id: "C6",
    priority: 0,
    line: "A URL of this app whose path looks like another host stays here.",
  },
  {
    id: "C7",
    priority: 1,
    line: "No return address leads to signing out, into a redirect loop, or to a cookie that is too big.",
  },
  {
    id: "C8",
    priority: 1,
    line: "Repeated, listed and structured return values cause no server error.",
  },
  {
    id: "C9",
    priority: 1,
    line: "Another site's request cannot choose the page a person lands on later.",
  },

  {
    id: "D1",
    priority: 0,
    line: "Over TLS every cookie is Secure, HttpOnly and SameSite, has Path=/ and no Domain, and its name starts with __Host-.",
  },
  {
    id: "D2",
    priority: 0,
    line: "Neither plain http nor a sibling host can read or replace the session.",
  },
  {
    id: "D3",
    priority: 0,
    line: "Signing in replaces a session cookie planted beforehand, which is then worthless.",
  },
  {
    id: "D4",
    priority: 0,
    line: "A session cookie that was tampered with opens nothing, and every such cookie gets the same answer.",
  },
  { id: "D5", priority: 0, line: "After signing out, a copy of the cookie opens nothing." },
  {
    id: "D6",
    priority: 0,
    line: "A slow response that arrives after signing out does not sign the person back in.",
  },
  {
    id: "D7",
    priority: 0,
    line: "Signing out clears the cookie with the attributes it was set with and deletes the session; other sites cannot do it.",
  },
  {
    id: "D8",
    priority: 1,
    line: "A session ends when it has been idle too long, and at its maximum age however busy it is.",
  },
  {
    id: "D9",
    priority: 1,
    line: "Ending one browser's session, or all the others, ends those and no more.",
  },
  {
    id: "D10",
    priority: 0,
    line: "Junk cookies with almost the right names sign no one out.",
  },
  {
    id: "D11",
    priority: 1,
    line: "Cookies stay small whatever Bitbucket sends, and big cookies in a request break nothing.",
  },
  { id: "D12", priority: 1, line: "The app never assembles a session from several cookies." },
  {
    id: "D13",
    priority: 1,
    line: "A cookie of another deployment, or one set over http and sent over https, opens nothing.",
  },
  {
    id: "D14",
    priority: 2,
    line: "The middleware and the handlers read odd Cookie headers the same way.",
  },
  { id: "D15", priority: 1, line: "The session cookie's value does not work as a bearer token." },
  {
    id: "D16",
    priority: 1,
    line: "Session ids have 256 random bits, and the database stores their hashes.",
  },
  {
    id: "D17",
    priority: 0,
    line: "Only the person, from a page of this app, can download their data.",
  },

  {
    id: "E1",
    priority: 0,
    line: "The header that marks Next's own subrequests opens nothing.",
  },
  {
    id: "E2",
    priority: 0,
    line: "Server component payloads, segments and prefetches of protected pages reveal nothing to anonymous visitors.",
  },
  { id: "E3", priority: 0, line: "The data routes of the Pages Router open nothing." },
  { id: "E4", priority: 0, line: "Next's internal query parameters open nothing." },
  {
    id: "E5",
    priority: 0,
    line: "No spelling of a protected path, and no HTTP method, shows its page without a session.",
  },
  {
    id: "E6",
    priority: 0,
    line: "Without the middleware every protected page still refuses anonymous visitors.",
  },
  {
    id: "E7",
    priority: 0,
    line: "Actions and handlers do nothing for anonymous visitors, nor with other people's ids.",
  },
  {
    id: "E8",
    priority: 1,
    line: "A misconfigured deployment refuses every request and says what is wrong.",
  },
  { id: "E9", priority: 1, line: "A WebSocket upgrade makes the server open no connection of its own." },
  {
    id: "E10",
    priority: 1,
    line: "Headers that only a proxy or the app itself may set have no effect when they come from outside.",
  },
  {
    id: "E11",
    priority: 1,
    line: "The scheduler's route runs only for a GET with exactly its secret; HEAD, or anything added to the secret, runs nothing.",
  },

  {
    id: "F1",
    priority: 0,
    line: "Nothing a browser receives contains a token or a secret, in any encoding.",
  },
  {
    id: "F2",
    priority: 0,
    line: "The session endpoint returns a name, a picture and an expiry, and no more.",
  },
  { id: "F3", priority: 0, line: "Error pages contain no token, stack trace, path or environment variable." },
  {
    id: "F4",
    priority: 0,
    line: "Logs contain no token, code, verifier, cookie or secret, at any level.",
  },
  { id: "F5", priority: 1, line: "The browser's own storage contains nothing secret." },
  { id: "F6", priority: 1, line: "Other hosts receive our origin as the referrer, or nothing." },
  {
    id: "F7",
    priority: 1,
    line: "The build and the server serve no source, source map, dotfile or inlined secret.",
  },
  {
    id: "F8",
    priority: 1,
    line: "Tokens go only to Bitbucket's origins, in a header, and never along a redirect.",
  },
  { id: "F9", priority: 1, line: "After signing out, the Back button shows no private page." },
  {
    id: "F10",
    priority: 1,
    line: "The record of what a token was used for contains no token and no address, and belongs to one account.",
  },

  { id: "G1", priority: 0, line: "Only a POST from this origin can trigger a refresh." },
  {
    id: "G2",
    priority: 0,
    line: "A refresh answers with a time, never with a token, and no cache keeps it.",
  },
  {
    id: "G3",
    priority: 0,
    line: "Without a live session the app refuses to refresh, before it asks Bitbucket.",
  },
  { id: "G4", priority: 0, line: "Fifty simultaneous refreshes make one request to Bitbucket." },
  {
    id: "G5",
    priority: 0,
    line: "Fifty simultaneous refreshes on two servers use a refresh token once.",
  },
  {
    id: "G6",
    priority: 0,
    line: "A slow page that started before a refresh does not undo it.",
  },
  {
    id: "G7",
    priority: 0,
    line: "Old responses and old cookies never bring back an old token.",
  },
  {
    id: "G8",
    priority: 0,
    line: "A refresh that runs while a connection ends, or while a new sign-in starts, changes neither.",
  },
  {
    id: "G9",
    priority: 1,
    line: "A flood of refreshes makes one request to Bitbucket per window, and is rate limited.",
  },
  {
    id: "G10",
    priority: 1,
    line: "The app stores refreshed tokens even if the browser never receives the response.",
  },
  {
    id: "G11",
    priority: 1,
    line: "The app refreshes tokens before they expire, and once more when the API rejects them.",
  },
  { id: "G12", priority: 1, line: "The refresh route never redirects." },
  { id: "G13", priority: 1, line: "Tabs that wake up together refresh once." },

  {
    id: "H1",
    priority: 0,
    line: "Every page has a strict Content Security Policy with a fresh nonce, and stays within it.",
  },
  { id: "H2", priority: 0, line: "The app does not reflect a policy or nonce that a client sends." },
  { id: "H3", priority: 0, line: "No other site can frame a page." },
  { id: "H4", priority: 1, line: "Every kind of response has the other security headers." },
  { id: "H5", priority: 1, line: "No other origin may read a response." },
  { id: "H6", priority: 2, line: "Every response body declares its type and charset." },

  {
    id: "I1",
    priority: 0,
    line: "No cache keeps a response that depends on a session or sets one.",
  },
  { id: "I2", priority: 0, line: "Behind a shared cache no person sees another person's page." },
  { id: "I3", priority: 1, line: "Next's own headers cannot be used to poison a cache." },
  {
    id: "I4",
    priority: 1,
    line: "No cache keeps a protected path that is dressed up as a file.",
  },
  {
    id: "I5",
    priority: 1,
    line: "A response that a cache may keep reflects no header outside the cache key.",
  },
  {
    id: "I6",
    priority: 1,
    line: "Data read from Bitbucket for one person never reaches another.",
  },

  { id: "J1", priority: 0, line: "The image optimisation route fetches nothing for any caller." },
  {
    id: "J2",
    priority: 0,
    line: "Pictures come from Bitbucket's hosts over https; anything else gets a placeholder.",
  },
  {
    id: "J3",
    priority: 0,
    line: "Host and forwarding headers change no URL, cookie or link.",
  },
  { id: "J4", priority: 1, line: "The app refuses unusual HTTP methods with the right status." },
  {
    id: "J5",
    priority: 1,
    line: "The app refuses bodies that are too big, too slow or broken early.",
  },
  { id: "J6", priority: 1, line: "One request gets one response, however it is framed." },
  { id: "J7", priority: 1, line: "Floods are rate limited, and other people do not notice them." },
  { id: "J8", priority: 1, line: "Slow and idle connections delay no other visitor." },
  { id: "J9", priority: 1, line: "Hostile action bodies and Flight payloads cost bounded time." },
  {
    id: "J10",
    priority: 2,
    line: "robots.txt, indexing, security.txt and health say what they should and no more.",
  },
  {
    id: "J11",
    priority: 1,
    line: "Every form works wherever Origin is AUTH_URL, whatever Host and X-Forwarded-Host a proxy sends.",
  },
  {
    id: "J12",
    priority: 0,
    line: "A form from another origin gets 403, whatever Host and X-Forwarded-Host say.",
  },
  {
    id: "J13",
    priority: 1,
    line: "A sign-in that starts on another hostname of the app goes to AUTH_URL first, at most once.",
  },
  { id: "J14", priority: 1, line: "A path that cannot be decoded is a 404, signed in or not." },
  {
    id: "J15",
    priority: 1,
    line: "An account has at most fifty sessions, and its list of browsers is as fast with fifty as with one.",
  },
  {
    id: "J16",
    priority: 1,
    line: "One page view makes at most six requests to Bitbucket, whatever its URL says.",
  },
  {
    id: "J17",
    priority: 1,
    line: "Limits apply where the work happens, with or without the middleware.",
  },
  { id: "J18", priority: 1, line: "Forged callbacks write nothing to the database." },

  { id: "K1", priority: 0, line: "A profile response with an error status creates no session." },
  { id: "K2", priority: 0, line: "A profile of the wrong shape creates no session." },
  { id: "K3", priority: 0, line: "The app cuts off a response that is, or inflates to, megabytes." },
  {
    id: "K4",
    priority: 0,
    line: "A Bitbucket that never answers delays a page by six seconds at most.",
  },
  { id: "K5", priority: 1, line: "Responses that are not JSON lead to an error page." },
  { id: "K6", priority: 1, line: "The app follows no redirect from Bitbucket's endpoints." },
  { id: "K7", priority: 1, line: "The app clamps absurd token lifetimes." },
  { id: "K8", priority: 1, line: "The app refuses tokens that could break a header." },
  {
    id: "K9",
    priority: 1,
    line: "The app records the granted scopes, says if one is missing, and refuses a token of another type.",
  },
  { id: "K10", priority: 1, line: "Names stay text, stay short, and take one line in logs." },
  { id: "K11", priority: 1, line: "A refreshed token of another account ends the session." },
  { id: "K12", priority: 2, line: "A person's uuid is their identity, whatever they are called." },
  {
    id: "K13",
    priority: 0,
    line: "An allowed UUID matches a workspace's UUID only, and anything else matches a slug only.",
  },
  {
    id: "K14",
    priority: 0,
    line: "A Data Center user is exactly the name that the server confirmed, and is otherwise refused.",
  },
  {
    id: "K15",
    priority: 0,
    line: "Sessions, tokens and history belong to one issuer: they open nothing at another server.",
  },
  { id: "K16", priority: 1, line: "An address counts as confirmed only if Bitbucket says so." },
  {
    id: "K17",
    priority: 1,
    line: "A confirmed address counts however Bitbucket writes it; an unreadable one does not count as having none.",
  },
  { id: "K18", priority: 1, line: "A person's uuid is one identity, however it is written." },
  { id: "K19", priority: 1, line: "Half a character or NUL in any text causes no failure." },

  { id: "L1", priority: 0, line: "While OAuth 1.0a is off, it has no routes." },
  { id: "L2", priority: 0, line: "Signatures match RFC 5849 byte by byte.", legacy: true },
  {
    id: "L3",
    priority: 0,
    line: "The app does not use a request token without a confirmed callback.",
    legacy: true,
  },
  {
    id: "L4",
    priority: 0,
    line: "The app refuses foreign, repeated or missing verifiers before the exchange.",
    legacy: true,
  },
  {
    id: "L5",
    priority: 0,
    line: "Token secrets stay bound to their browser and out of sight.",
    legacy: true,
  },
  {
    id: "L6",
    priority: 1,
    line: "Nonces do not repeat; with a wrong clock the app retries once or says so.",
    legacy: true,
  },
  { id: "L7", priority: 1, line: "If Bitbucket has no OAuth 1.0a, a page says so.", legacy: true },
  { id: "L8", priority: 1, line: "Neither protocol's callback accepts the other's state.", legacy: true },

  {
    id: "M1",
    priority: 0,
    line: "Changing the secret ends no session and no pending sign-in.",
  },
  { id: "M2", priority: 0, line: "A secret that was removed no longer opens anything." },
  {
    id: "M3",
    priority: 0,
    line: "A server with an unusable environment does not start, and says why without printing a value.",
  },
  {
    id: "M4",
    priority: 1,
    line: "Without the key, the sealed tokens in the database cannot be read, moved or altered.",
  },
  {
    id: "M5",
    priority: 0,
    line: "The app logs every security event once, without personal data.",
  },
  { id: "M6", priority: 1, line: "Nothing from outside can forge a log line." },
  {
    id: "M7",
    priority: 0,
    line: "Dependencies are pinned, hashed, come from the registry, and run nothing at install.",
  },
  {
    id: "M8",
    priority: 0,
    line: "Every dependency is at or above the version its advisories require.",
  },
  { id: "M9", priority: 1, line: "Every dependency is known, used and licensed." },
  { id: "M10", priority: 1, line: "Neither the repository nor the build contains a secret." },
  {
    id: "M15",
    priority: 0,
    line: "After the start, every printed line is one JSON object without a value from a request, whatever clients send.",
  },
  {
    id: "M16",
    priority: 0,
    line: "A failed database statement gets the right error page, and the app prints no statement, value, name, address or token.",
  },
  { id: "M12", priority: 1, line: "A browser's CSRF cookie cannot be used to test guesses of AUTH_SECRET." },
  {
    id: "M13",
    priority: 0,
    line: "Other users of a developer's machine can read nothing of the demo's database.",
  },
  {
    id: "M14",
    priority: 1,
    line: "The setup page answers only requests for this machine's own hostnames.",
  },
  {
    id: "M11",
    priority: 2,
    line: "The pipeline runs pinned steps with few permissions.",
    notTestable:
      "the workflows run on GitHub; their steps are pinned by commit, and their token is read-only",
  },

  {
    id: "N1",
    priority: 0,
    line: "A member who leaves the workspace has access for one more hour at most, whichever page they visit.",
  },
  {
    id: "N2",
    priority: 0,
    line: "An outage of Bitbucket locks no member out for a day, lets no one in after that, deletes nothing, and leaves no trace.",
  },
  {
    id: "N3",
    priority: 0,
    line: "A truncated list of workspaces signs no one in and locks no one out.",
  },
  {
    id: "N4",
    priority: 1,
    line: "However many requests and servers ask, Bitbucket gets one request, and no visitor waits longer than five seconds.",
  },
  {
    id: "N5",
    priority: 0,
    line: "If the app requires a confirmed address, losing it ends access within the hour.",
  },
  {
    id: "N6",
    priority: 0,
    line: "When a grant has ended and its access token has expired, the person is signed out.",
  },
  {
    id: "N7",
    priority: 1,
    line: "The app logs and counts each membership check that Bitbucket does not answer; a refusal raises the alert.",
  },
]

export const hasLegacySignIn = existsSync(path.resolve(import.meta.dirname, "../oauth1"))

export const rows = catalogue.filter(({ legacy }) => hasLegacySignIn || !legacy)
