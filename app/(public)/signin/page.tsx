import type { Metadata } from "next"
import { buttonStyle } from "@/components/button-style"
import { Notice } from "@/components/notice"
import { ScopeList } from "@/components/scope-list"
import { SignInButton } from "@/components/sign-in-button"
import { environment } from "@/lib/env"
import { bitbucketPages } from "@/lib/server/bitbucket-urls"
import { legacySignIn } from "@/lib/server/legacy-sign-in"
import { findSession } from "@/lib/sessions/current-session"
import { limitTo } from "@/lib/sessions/limited-request"
import { describeSignInFailure, parseSignInFailureCode } from "@/lib/sign-in/failures"
import { nameOfPlace, readReturnPath, type SearchParams } from "../return-place"
import { AlreadySignedIn } from "./already-signed-in"

export const metadata: Metadata = { title: "Sign in" }

/** Redirects nobody, not even signed-in people: whatever sent them here could send them here again. */
export default async function SignInPage({ searchParams }: { searchParams: SearchParams }) {
  await limitTo("page")
  const next = await readReturnPath(searchParams)
  const { reason, error } = await searchParams
  const isReconnecting = reason === "reauthorization"
  const session = await findSession()
  const place = nameOfPlace(next)

  return (
    <div className="mx-auto max-w-lg space-y-6 py-12 sm:py-20">
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
      <div>
        <h1 className="font-semibold text-2xl">Sign in</h1>
        <p className="mt-2 text-ink-muted">Sign in with your Bitbucket account. You’ll go to {place}.</p>
      </div>
      {session && !isReconnecting ? (
        <AlreadySignedIn account={session.connection.profile.account} next={next} place={place} />
      ) : (
        <SignInCard next={next} reason={isReconnecting ? "reauthorization" : "signin"} />
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

function SignInCard({ next, reason }: { next: string; reason: "signin" | "reauthorization" }) {
  return (
    <section
      aria-labelledby="asked"
      className="rounded-lg border border-line bg-surface p-5 shadow-raised sm:p-6"
    >
      <h2 id="asked" className="font-semibold text-base">
        Bitbucket will ask whether this app may
      </h2>
      <div className="mt-4 mb-6">
        <ScopeList scopes={environment().BITBUCKET_SCOPES} />
      </div>
      <div className="grid">
        <SignInButton next={next} reason={reason} />
        <LegacySignInLink next={next} />
      </div>
      <p className="mt-3 text-ink-muted text-sm">Only Bitbucket asks for your password.</p>
    </section>
  )
}

/** The older protocol, where this deployment has it. A plain link, for the same reason as the button. */
function LegacySignInLink({ next }: { next: string }) {
  const legacy = legacySignIn()
  if (!legacy) return null
  return (
    <a
      href={`${legacy.path}?next=${encodeURIComponent(next)}`}
      rel="nofollow"
      className={`mt-3 ${buttonStyle("secondary", "large")}`}
    >
      Sign in with Bitbucket (legacy)
    </a>
  )
}

/** Bitbucket knows no `prompt` parameter, so no address can make it ask for the account. */
function WhichAccount() {
  return (
    <section aria-labelledby="which-account" className="text-sm">
      <h2 id="which-account" className="font-semibold">
        Which account?
      </h2>
      <p className="mt-1 text-ink-muted">
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
