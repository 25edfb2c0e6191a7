import type { Metadata } from "next"
import { whyEnded } from "@/app/ending-words"
import { Card } from "@/components/card"
import { fill } from "@/components/fill"
import { Notice } from "@/components/notice"
import { ScopeList } from "@/components/scope-list"
import { SignInButton } from "@/components/sign-in-button"
import type { Connection } from "@/lib/accounts/connection"
import { legacySignIn } from "@/lib/bitbucket/legacy-sign-in"
import { bitbucketPages } from "@/lib/bitbucket/urls"
import { environment } from "@/lib/env"
import { readReturnPath } from "@/lib/return-path"
import { findSession, readSession, type SessionReading } from "@/lib/sessions/current-session"
import { limitTo } from "@/lib/sessions/limited-request"
import { describeSignInFailure, parseSignInFailureCode } from "@/lib/sign-in/failures"
import { nameOfPlace, type SearchParams } from "../return-place"
import { AlreadySignedIn } from "./already-signed-in"
import { reasons, words } from "./words"

export const metadata: Metadata = { title: words.title }

/** Never redirects, not even signed-in users: the page that they came from might redirect them here again. */
export default async function SignInPage({ searchParams }: { searchParams: SearchParams }) {
  await limitTo("page")
  const next = await readReturnPath(searchParams)
  const { reason, error } = await searchParams
  const isReconnecting = reason === "reauthorization"
  const session = await findSession()
  const place = nameOfPlace(next)

  return (
    <div className="page narrow">
      <WhyAgain reason={reason} />
      {error !== undefined && <FailureNotice error={error} />}
      <header>
        <h1>{words.title}</h1>
        <p className="lead">{words.lead(place)}</p>
      </header>
      {session && !isReconnecting ? (
        <AlreadySignedIn account={session.connection.profile.account} next={next} place={place} />
      ) : (
        <SignIn next={next} />
      )}
      <WhichAccount />
    </div>
  )
}

/**
 * Why a user who was signed in has to sign in again. The URL only says where they came from; their cookie and the
 * database say what happened to their session and their connection.
 *
 * @param reason from the URL, so it may be anything
 */
async function WhyAgain({ reason }: { reason: unknown }) {
  // If the database fails, the page that the user asked for says so.
  const reading = await readSession().catch(() => null)
  const absence = reading?.absence ?? "signed_out"
  if (reason === "reauthorization") {
    const { title, whatToDo } = reasons.connectionEnded
    return (
      <Notice tone="caution" title={title}>
        <p>{whyEnded(lastFailureIn(reading))}</p>
        <p>{whatToDo}</p>
      </Notice>
    )
  }
  if (reading?.session) return null
  if (reason === "session_over")
    return (
      <Notice tone="caution" title={reasons.nothingDone.title}>
        {absence === "session_ended" && <p>{reasons.sessionEnded.why}</p>}
        <p>{reasons.nothingDone.whatToDo}</p>
      </Notice>
    )
  if (reason === "not_admitted")
    return (
      <Notice tone="caution" title={reasons.notAdmitted.title}>
        {reasons.notAdmitted.why}
      </Notice>
    )
  if (absence !== "session_ended") return null
  return (
    <Notice tone="caution" title={reasons.sessionEnded.title}>
      {reasons.sessionEnded.why}
    </Notice>
  )
}

function lastFailureIn(reading: SessionReading | null): Connection["lastFailure"] {
  if (reading?.session) return reading.session.connection.lastFailure
  return reading?.absence === "connection_ended" ? reading.lastFailure : null
}

function FailureNotice({ error }: { error: unknown }) {
  const { title, explanation } = describeSignInFailure(parseSignInFailureCode(error))
  return (
    <Notice tone="critical" title={title}>
      {explanation}
    </Notice>
  )
}

function SignIn({ next }: { next: string }) {
  return (
    <>
      <div className="stack">
        <SignInButton next={next} />
        <LegacySignInLink next={next} />
        <p className="aside">{words.password}</p>
      </div>
      <Card id="asked" title={words.asked}>
        <ScopeList scopes={environment().BITBUCKET_SCOPES} />
      </Card>
    </>
  )
}

/** Signs in with the legacy protocol, if this deployment has it. A plain link, for the same reason as the button. */
function LegacySignInLink({ next }: { next: string }) {
  const legacy = legacySignIn()
  if (!legacy) return null
  return (
    <a href={`${legacy.path}?next=${encodeURIComponent(next)}`} rel="nofollow" className="button large">
      {words.legacy}
    </a>
  )
}

/** Bitbucket has no `prompt` parameter, so this app cannot make it ask which account to use. */
function WhichAccount() {
  return (
    <section aria-labelledby="which-account" className="text-sm">
      <h2 id="which-account" className="font-semibold">
        {words.whichAccount}
      </h2>
      <p className="muted mt-1">
        {fill(words.signedInThere, {
          link: (
            <a className="link" href={bitbucketPages().home} target="_blank" rel="noreferrer">
              {words.openBitbucket}
            </a>
          ),
        })}
      </p>
    </section>
  )
}
