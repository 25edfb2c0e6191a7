import type { Metadata } from "next"
import { Notice } from "@/components/notice"
import { ScopeList } from "@/components/scope-list"
import { SignInButton } from "@/components/sign-in-button"
import { environment } from "@/lib/env"
import { readReturnPath } from "@/lib/return-path"
import { bitbucketPages } from "@/lib/server/bitbucket-urls"
import { legacySignIn } from "@/lib/server/legacy-sign-in"
import { findSession } from "@/lib/sessions/current-session"
import { limitTo } from "@/lib/sessions/limited-request"
import { describeSignInFailure, parseSignInFailureCode } from "@/lib/sign-in/failures"
import { nameOfPlace, type SearchParams } from "../return-place"
import { AlreadySignedIn } from "./already-signed-in"

export const metadata: Metadata = { title: "Sign in" }

/** Never redirects, not even signed-in people: the page that sent them here could send them here again. */
export default async function SignInPage({ searchParams }: { searchParams: SearchParams }) {
  await limitTo("page")
  const next = await readReturnPath(searchParams)
  const { reason, error } = await searchParams
  const isReconnecting = reason === "reauthorization"
  const session = await findSession()
  const place = nameOfPlace(next)

  return (
    <div className="page narrow">
      {isReconnecting && (
        <Notice tone="caution" title="This connection has ended.">
          Sign in again and you’ll be back where you were.
        </Notice>
      )}
      {reason === "session_over" && !session && (
        <Notice tone="caution" title="You were signed out already.">
          So the button you pressed did nothing. Sign in and press it again.
        </Notice>
      )}
      {reason === "not_admitted" && !session && (
        <Notice tone="caution" title="You were signed out.">
          Bitbucket says that your account is not admitted here any more.
        </Notice>
      )}
      {error !== undefined && <FailureNotice error={error} />}
      <header>
        <h1>Sign in</h1>
        <p className="lead">Sign in with your Bitbucket account. You’ll go to {place}.</p>
      </header>
      {session && !isReconnecting ? (
        <AlreadySignedIn account={session.connection.profile.account} next={next} place={place} />
      ) : (
        <SignInCard next={next} />
      )}
      <WhichAccount />
    </div>
  )
}

function FailureNotice({ error }: { error: unknown }) {
  const { title, explanation } = describeSignInFailure(parseSignInFailureCode(error))
  return (
    <Notice tone="critical" title={title}>
      {explanation}
    </Notice>
  )
}

function SignInCard({ next }: { next: string }) {
  return (
    <section aria-labelledby="asked" className="card">
      <header>
        <h2 id="asked">What Bitbucket will ask you to allow</h2>
      </header>
      <ScopeList scopes={environment().BITBUCKET_SCOPES} />
      <div className="stack mt-6">
        <SignInButton next={next} />
        <LegacySignInLink next={next} />
      </div>
      <p className="aside mt-3">Only Bitbucket asks for your password.</p>
    </section>
  )
}

/** The older protocol, if this deployment has it. A plain link, for the same reason as the button. */
function LegacySignInLink({ next }: { next: string }) {
  const legacy = legacySignIn()
  if (!legacy) return null
  return (
    <a href={`${legacy.path}?next=${encodeURIComponent(next)}`} rel="nofollow" className="button large">
      Sign in with Bitbucket (legacy)
    </a>
  )
}

/** Bitbucket has no `prompt` parameter, so no address can make it ask for the account. */
function WhichAccount() {
  return (
    <section aria-labelledby="which-account" className="text-sm">
      <h2 id="which-account" className="font-semibold">
        Which account?
      </h2>
      <p className="muted mt-1">
        The one that is signed in at Bitbucket in this browser; Bitbucket does not ask which. To use another
        one,{" "}
        <a className="link" href={bitbucketPages().home} target="_blank" rel="noreferrer">
          open Bitbucket
        </a>
        , sign out there, and come back to this page.
      </p>
    </section>
  )
}
