import { existsSync } from "node:fs"
import path from "node:path"

/**
 * What signing in, keeping tokens and the pages behind them have to withstand: one row per promise. A row is
 * shown by the tests of this folder whose titles begin with its id, or it says why there is none.
 */
export type SecurityRow = {
  id: string
  /** 0 keeps a release back. */
  priority: 0 | 1 | 2
  /** What holds, in one line. */
  line: string
  /** Why nothing on this machine can show it. */
  notTestable?: string
  /** Shown beside the legacy sign-in, in `e2e/oauth1`, and gone where that is taken out. */
  legacy?: true
}

export const groups: Readonly<Record<string, string>> = {
  A: "Starting a sign-in",
  B: "The callback",
  C: "Where people are sent back to",
  D: "The session cookie",
  E: "Ways around the middleware",
  F: "Tokens and the browser",
  G: "Renewing on request",
  H: "Response headers",
  I: "Caches",
  J: "Hosts, methods, sizes and abuse",
  K: "A Bitbucket that misbehaves",
  L: "OAuth 1.0a",
  M: "Secrets, logs and dependencies",
  N: "Who is admitted, and for how long",
}

const catalogue: readonly SecurityRow[] = [
  {
    id: "A1",
    priority: 0,
    line: "The authorization request holds what RFC 6749 and 7636 ask for, exactly, and nothing else.",
  },
  {
    id: "A2",
    priority: 0,
    line: "A thousand starts give a thousand states and challenges that nobody can guess.",
  },
  {
    id: "A3",
    priority: 0,
    line: "A callback that nobody started makes no session and asks Bitbucket nothing.",
  },
  {
    id: "A4",
    priority: 0,
    line: "Somebody else's callback does nothing in a browser that is signing in.",
  },
  {
    id: "A5",
    priority: 0,
    line: "A stolen code is worthless elsewhere, as far as Bitbucket verifies PKCE.",
  },
  {
    id: "A6",
    priority: 0,
    line: "A callback works once, for whoever repeats it with whatever cookies.",
  },
  {
    id: "A7",
    priority: 1,
    line: "A sign-in is over when its answer came, whatever it was; a forged answer ends none.",
  },
  {
    id: "A8",
    priority: 1,
    line: "Two tabs can sign in at the same time and finish in any order.",
  },
  {
    id: "A9",
    priority: 1,
    line: "Sign-ins that are started and left do not fill a browser with cookies.",
  },
  {
    id: "A10",
    priority: 0,
    line: "Other sites, pictures, frames and prefetches start no sign-in.",
  },
  {
    id: "A11",
    priority: 1,
    line: "A sign-in lapses after a quarter of an hour, and its cookie serves no other.",
  },
  {
    id: "A12",
    priority: 1,
    line: "Altered, cut, swollen or swapped sign-in cookies are refused and removed.",
  },
  {
    id: "A13",
    priority: 1,
    line: "Taking PKCE out of the authorization request does not take it out of the exchange.",
  },
  {
    id: "A14",
    priority: 1,
    line: "Signing in again makes a new session, ends the old one, and shows the new person only.",
  },

  {
    id: "B1",
    priority: 0,
    line: "A callback without a code or without a state is refused before Bitbucket is asked.",
  },
  {
    id: "B2",
    priority: 1,
    line: "A callback whose parameters repeat or are misspelt is refused.",
  },
  {
    id: "B3",
    priority: 0,
    line: "Every error that Bitbucket may send back has a page in plain words.",
  },
  {
    id: "B4",
    priority: 0,
    line: "Nothing that an address says becomes markup, a link or a header.",
  },
  {
    id: "B5",
    priority: 1,
    line: "Oversized and malformed callbacks are refused at once; nothing long reaches Bitbucket.",
  },
  {
    id: "B6",
    priority: 1,
    line: "Unknown callback parameters change nothing; a wrong issuer is refused.",
  },
  {
    id: "B7",
    priority: 0,
    line: "An access token in an address or fragment signs nobody in.",
  },
  { id: "B8", priority: 1, line: "The callback answers GET only; HEAD uses nothing up." },
  {
    id: "B9",
    priority: 1,
    line: "A link checker that sees the callback first does not spoil it for the browser.",
  },
  {
    id: "B10",
    priority: 0,
    line: "Misspelt paths below the sign-in routes are client errors without detail.",
  },
  {
    id: "B11",
    priority: 1,
    line: "Back, reload and a bookmark of the callback lead somewhere sensible.",
  },
  {
    id: "B12",
    priority: 0,
    line: "Code and state are gone from address, history and Referer after one redirect.",
  },
  {
    id: "B13",
    priority: 1,
    line: "A callback that arrives twice at once makes one exchange and one session.",
  },

  {
    id: "C1",
    priority: 0,
    line: "No hostile callbackUrl in the sign-in form leads away from this app.",
  },
  {
    id: "C2",
    priority: 0,
    line: "No hostile value under any usual name leads away from any public page or the start.",
  },
  {
    id: "C3",
    priority: 0,
    line: "No hostile value in a cookie leads away, and it locks nobody out.",
  },
  {
    id: "C4",
    priority: 1,
    line: "Malformed return addresses mean the default page, never a server error.",
  },
  {
    id: "C5",
    priority: 0,
    line: "A real browser ends on this app's origin for the worst values, without a dialog.",
  },
  {
    id: "C6",
    priority: 0,
    line: "An address of ours whose path is an address of another host stays here.",
  },
  {
    id: "C7",
    priority: 1,
    line: "Nobody is sent back into signing out, into a circle, or with a cookie that is too big.",
  },
  {
    id: "C8",
    priority: 1,
    line: "Repeated, listed and structured return values are no server errors.",
  },
  {
    id: "C9",
    priority: 1,
    line: "A request of another site cannot choose the page that somebody lands on later.",
  },

  {
    id: "D1",
    priority: 0,
    line: "Over TLS every cookie is Secure, HttpOnly, SameSite, for the whole path, without a domain, __Host-.",
  },
  {
    id: "D2",
    priority: 0,
    line: "Plain http and sibling hosts can neither read nor replace the session.",
  },
  {
    id: "D3",
    priority: 0,
    line: "A cookie that was there before signing in is replaced, and worth nothing.",
  },
  {
    id: "D4",
    priority: 0,
    line: "Session cookies that were tampered with are nobody's, and all alike.",
  },
  { id: "D5", priority: 0, line: "A copy of the cookie opens nothing after signing out." },
  {
    id: "D6",
    priority: 0,
    line: "A slow answer that arrives after signing out signs nobody in again.",
  },
  {
    id: "D7",
    priority: 0,
    line: "Signing out clears the cookie as it was set and deletes the session; other sites cannot do it.",
  },
  {
    id: "D8",
    priority: 1,
    line: "A session ends when it is idle too long, and at its absolute age however busy it is.",
  },
  {
    id: "D9",
    priority: 1,
    line: "Ending one browser's session or all others ends those and no more.",
  },
  {
    id: "D10",
    priority: 0,
    line: "Junk cookies under nearly the right names sign nobody out.",
  },
  {
    id: "D11",
    priority: 1,
    line: "Cookies stay small whatever Bitbucket says, and big ones that are sent break nothing.",
  },
  { id: "D12", priority: 1, line: "The session is never put together from pieces." },
  {
    id: "D13",
    priority: 1,
    line: "The cookie of another deployment, or of http on https, is nobody's.",
  },
  {
    id: "D14",
    priority: 2,
    line: "Odd Cookie headers are read the same way by middleware and handlers.",
  },
  { id: "D15", priority: 1, line: "The session cookie's value is no bearer token." },
  {
    id: "D16",
    priority: 1,
    line: "Session ids have 256 random bits and are stored as hashes.",
  },
  {
    id: "D17",
    priority: 0,
    line: "Only the person, from a page of this app, can download what is kept of them.",
  },

  {
    id: "E1",
    priority: 0,
    line: "The header that Next gives its own subrequests opens nothing.",
  },
  {
    id: "E2",
    priority: 0,
    line: "Server component payloads, segments and prefetches of protected pages hold nothing.",
  },
  { id: "E3", priority: 0, line: "The data routes of the Pages Router open nothing." },
  { id: "E4", priority: 0, line: "Next's internal query parameters open nothing." },
  {
    id: "E5",
    priority: 0,
    line: "No spelling of a protected path and no method shows its page.",
  },
  {
    id: "E6",
    priority: 0,
    line: "Without the middleware every protected page still refuses.",
  },
  {
    id: "E7",
    priority: 0,
    line: "Actions and handlers do nothing for the anonymous, nor with ids of others.",
  },
  {
    id: "E8",
    priority: 1,
    line: "A deployment that is set up wrongly refuses everybody and says what is wrong.",
  },
  { id: "E9", priority: 1, line: "A WebSocket upgrade makes the server call nobody." },
  {
    id: "E10",
    priority: 1,
    line: "Headers that only a proxy or the app itself may set have no effect from outside.",
  },
  {
    id: "E11",
    priority: 1,
    line: "The scheduler's route runs for a GET with exactly its secret; HEAD, and a secret with more words, run nothing.",
  },

  {
    id: "F1",
    priority: 0,
    line: "No token or secret is in anything that a browser gets, in any encoding.",
  },
  {
    id: "F2",
    priority: 0,
    line: "The session endpoint says a name, a picture and an end, and no more.",
  },
  { id: "F3", priority: 0, line: "Error pages hold no token, stack, path or environment." },
  {
    id: "F4",
    priority: 0,
    line: "Logs hold no token, code, verifier, cookie or secret, at any level.",
  },
  { id: "F5", priority: 1, line: "Nothing secret is in the browser's own storage." },
  { id: "F6", priority: 1, line: "Other hosts see our origin as a referrer, or nothing." },
  {
    id: "F7",
    priority: 1,
    line: "The build and the server give away no source, map, dotfile or inlined secret.",
  },
  {
    id: "F8",
    priority: 1,
    line: "Tokens go to Bitbucket's origins only, in a header, never along a redirect.",
  },
  { id: "F9", priority: 1, line: "After signing out, Back shows no private page." },

  { id: "G1", priority: 0, line: "Only a POST of this origin asks for a renewal." },
  {
    id: "G2",
    priority: 0,
    line: "The answer to a renewal is an instant, never a token, and never cached.",
  },
  {
    id: "G3",
    priority: 0,
    line: "Without a live session a renewal is refused before Bitbucket is asked.",
  },
  { id: "G4", priority: 0, line: "Fifty renewals at once are one request to Bitbucket." },
  {
    id: "G5",
    priority: 0,
    line: "Fifty renewals at once on two servers use a refresh token once.",
  },
  {
    id: "G6",
    priority: 0,
    line: "A slow page that began before a renewal does not undo it.",
  },
  {
    id: "G7",
    priority: 0,
    line: "Old answers and old cookies never bring back an old token.",
  },
  {
    id: "G8",
    priority: 0,
    line: "A renewal that races an end or a new sign-in changes neither.",
  },
  {
    id: "G9",
    priority: 1,
    line: "A flood of renewals is one request to Bitbucket per window, and is limited.",
  },
  {
    id: "G10",
    priority: 1,
    line: "A renewal whose answer the browser never got is stored all the same.",
  },
  {
    id: "G11",
    priority: 1,
    line: "Tokens are renewed before they lapse, and once more when the API refuses them.",
  },
  { id: "G12", priority: 1, line: "The renewal sends nobody anywhere." },
  { id: "G13", priority: 1, line: "Tabs that wake up together renew once." },

  {
    id: "H1",
    priority: 0,
    line: "Every page has a strict Content Security Policy with a fresh nonce, and keeps it.",
  },
  { id: "H2", priority: 0, line: "A policy or nonce that a client sends is not reflected." },
  { id: "H3", priority: 0, line: "No page can be framed." },
  { id: "H4", priority: 1, line: "The other security headers are on every kind of answer." },
  { id: "H5", priority: 1, line: "No other origin may read an answer." },
  { id: "H6", priority: 2, line: "Every body says what it is, with its charset." },

  {
    id: "I1",
    priority: 0,
    line: "What depends on or sets a session is never kept by a cache.",
  },
  { id: "I2", priority: 0, line: "Behind a shared cache nobody sees anybody else's page." },
  { id: "I3", priority: 1, line: "Priming a cache with Next's own headers poisons nothing." },
  {
    id: "I4",
    priority: 1,
    line: "A protected path that is dressed up as a file is not cached.",
  },
  {
    id: "I5",
    priority: 1,
    line: "No header that a cache does not key by shows up in an answer it may keep.",
  },
  {
    id: "I6",
    priority: 1,
    line: "What is read from Bitbucket for one person is never given to another.",
  },

  { id: "J1", priority: 0, line: "The image route fetches nothing for anybody." },
  {
    id: "J2",
    priority: 0,
    line: "Pictures come from Bitbucket's hosts over https, or there is a placeholder.",
  },
  {
    id: "J3",
    priority: 0,
    line: "Host and forwarding headers change no address, cookie or link.",
  },
  { id: "J4", priority: 1, line: "Unusual methods are refused as such." },
  {
    id: "J5",
    priority: 1,
    line: "Bodies that are too big, too slow or broken are refused early.",
  },
  { id: "J6", priority: 1, line: "One request gets one answer, however it is framed." },
  { id: "J7", priority: 1, line: "Floods are limited, and others do not feel them." },
  { id: "J8", priority: 1, line: "Slow and idle connections keep nobody waiting." },
  { id: "J9", priority: 1, line: "Hostile action and Flight bodies cost bounded time." },
  {
    id: "J10",
    priority: 2,
    line: "Robots, indexing, security.txt and health say what they should and no more.",
  },
  {
    id: "J11",
    priority: 1,
    line: "Every form works wherever Origin is AUTH_URL, whatever Host and X-Forwarded-Host a proxy sends.",
  },
  {
    id: "J12",
    priority: 0,
    line: "A form that another origin sent is refused with 403, whatever Host and X-Forwarded-Host say.",
  },
  {
    id: "J13",
    priority: 1,
    line: "A sign-in that begins at another name of the app goes to AUTH_URL first, at most once.",
  },
  { id: "J14", priority: 1, line: "A path that cannot be decoded is 404, signed in or not." },
  {
    id: "J15",
    priority: 1,
    line: "An account has at most fifty sessions, and its list of browsers stays as fast as with one.",
  },
  { id: "J16", priority: 1, line: "A view asks Bitbucket at most six things, whatever its address says." },
  {
    id: "J17",
    priority: 1,
    line: "Limits hold where the work is done, with or without the middleware.",
  },
  { id: "J18", priority: 1, line: "Callbacks of strangers write nothing to the database." },

  { id: "K1", priority: 0, line: "A profile answer with a bad status makes no session." },
  { id: "K2", priority: 0, line: "A profile of the wrong shape makes no session." },
  { id: "K3", priority: 0, line: "An answer that is or inflates to megabytes is cut off." },
  {
    id: "K4",
    priority: 0,
    line: "A Bitbucket that never answers holds a page no longer than six seconds.",
  },
  { id: "K5", priority: 1, line: "Answers that are not JSON are an error page." },
  { id: "K6", priority: 1, line: "Redirects from Bitbucket's endpoints are not followed." },
  { id: "K7", priority: 1, line: "Absurd lifetimes are brought within bounds." },
  { id: "K8", priority: 1, line: "Tokens that could break a header are refused." },
  {
    id: "K9",
    priority: 1,
    line: "The granted scope is recorded; a narrower one is said, a token of another type refused.",
  },
  { id: "K10", priority: 1, line: "Names stay text, short, and one line in logs." },
  { id: "K11", priority: 1, line: "A renewed token of another account ends the session." },
  { id: "K12", priority: 2, line: "A person is their uuid, whatever they are called." },
  {
    id: "K13",
    priority: 0,
    line: "An allowed UUID names a workspace's UUID only, and anything else a slug only.",
  },
  {
    id: "K14",
    priority: 0,
    line: "A person of a Data Center has exactly the name that the server proved, and is otherwise nobody.",
  },
  {
    id: "K15",
    priority: 0,
    line: "Sessions, tokens and history are of one issuer: at another server they open nothing.",
  },
  { id: "K16", priority: 1, line: "An address counts as confirmed only where Bitbucket says so." },
  {
    id: "K17",
    priority: 1,
    line: "A confirmed address counts however it is written; an unreadable one is not taken for none.",
  },
  { id: "K18", priority: 1, line: "A person's uuid is one identity, however it is written." },
  { id: "K19", priority: 1, line: "Half a character or NUL in any text fails nothing." },

  { id: "L1", priority: 0, line: "While it is off, OAuth 1.0a has no routes." },
  { id: "L2", priority: 0, line: "Signatures are those of RFC 5849, byte by byte.", legacy: true },
  { id: "L3", priority: 0, line: "A request token without a confirmed callback is not used.", legacy: true },
  {
    id: "L4",
    priority: 0,
    line: "Foreign, repeated or missing verifiers are refused before the exchange.",
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
    line: "Nonces do not repeat, and a wrong clock is said or mended once.",
    legacy: true,
  },
  { id: "L7", priority: 1, line: "A Bitbucket without OAuth 1.0a means a page that says so.", legacy: true },
  { id: "L8", priority: 1, line: "Neither protocol's callback accepts the other's state.", legacy: true },

  {
    id: "M1",
    priority: 0,
    line: "Changing the secret ends no session and no sign-in that is under way.",
  },
  { id: "M2", priority: 0, line: "A secret that is dropped opens nothing any more." },
  {
    id: "M3",
    priority: 0,
    line: "A server with an unusable environment does not start, and says why without a value.",
  },
  {
    id: "M4",
    priority: 1,
    line: "Sealed tokens cannot be read, moved or altered in the database.",
  },
  {
    id: "M5",
    priority: 0,
    line: "Every security event is logged once, without personal data.",
  },
  { id: "M6", priority: 1, line: "Nothing from outside forges a line of the log." },
  {
    id: "M7",
    priority: 0,
    line: "Dependencies are pinned, hashed, from the registry, and run nothing at install.",
  },
  {
    id: "M8",
    priority: 0,
    line: "Every dependency is at or above what its advisories ask for.",
  },
  { id: "M9", priority: 1, line: "Every dependency is known, used and licensed." },
  { id: "M10", priority: 1, line: "Neither the repository nor the build holds a secret." },
  {
    id: "M15",
    priority: 0,
    line: "Each line that is printed after the start is one JSON object without a value, whatever is sent.",
  },
  {
    id: "M16",
    priority: 0,
    line: "A statement that fails is told as what it is, and prints no statement, value, name, address or token.",
  },
  { id: "M12", priority: 1, line: "A browser's CSRF cookie cannot be used to test guesses at AUTH_SECRET." },
  {
    id: "M13",
    priority: 0,
    line: "Other users of a developer's machine can read nothing of the demo's database.",
  },
  {
    id: "M14",
    priority: 1,
    line: "The setup page answers requests for this machine's own host names only.",
  },
  {
    id: "M11",
    priority: 2,
    line: "The pipeline runs pinned steps with little authority.",
    notTestable:
      "the workflows run at GitHub; their steps are pinned by commit, and their token may only read",
  },

  {
    id: "N1",
    priority: 0,
    line: "A member who leaves the workspace is served for an hour at most, whichever address they visit.",
  },
  {
    id: "N2",
    priority: 0,
    line: "An outage of Bitbucket puts nobody out for a day, admits nobody after that, deletes nothing, and leaves no trace.",
  },
  {
    id: "N3",
    priority: 0,
    line: "A list of workspaces that was cut short signs nobody in and puts nobody out.",
  },
  {
    id: "N4",
    priority: 1,
    line: "However many requests and servers ask, Bitbucket is asked once, and nobody waits for more than five seconds.",
  },
  {
    id: "N5",
    priority: 0,
    line: "An address that is no longer confirmed ends access within the hour, where one is asked for.",
  },
  {
    id: "N6",
    priority: 0,
    line: "A grant that has ended and whose access token has expired leaves nobody signed in.",
  },
  {
    id: "N7",
    priority: 1,
    line: "A question about membership that Bitbucket does not answer is logged and counted; a refusal raises the alert.",
  },
]

export const hasLegacySignIn = existsSync(path.resolve(import.meta.dirname, "../oauth1"))

export const rows = catalogue.filter(({ legacy }) => hasLegacySignIn || !legacy)
