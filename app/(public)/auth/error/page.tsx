import type { Metadata } from "next"
import { cookies } from "next/headers"
import { z } from "zod"
import { LocalTimes } from "@/app/local-times"
import { fill } from "@/components/fill"
import { Instant } from "@/components/instant"
import { MessagePage } from "@/components/message-page"
import { SignInButton } from "@/components/sign-in-button"
import { WithCode } from "@/components/with-code"
import { bitbucketPages } from "@/lib/bitbucket/urls"
import { environment } from "@/lib/env"
import { readReturnPath } from "@/lib/return-path"
import { readSession } from "@/lib/sessions/current-session"
import { limitTo } from "@/lib/sessions/limited-request"
import { failureNoteName, readFailureNote } from "@/lib/sign-in/failure-page"
import { describeSignInFailure, parseSignInFailureCode, type SignInFailureCode } from "@/lib/sign-in/failures"
import type { SearchParams } from "../../return-place"
import { ReturnWhenAdmitted } from "./return-when-admitted"
import { words } from "./words"

type Props = { searchParams: SearchParams }

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const { title } = describeSignInFailure(parseSignInFailureCode((await searchParams).error))
  return { title, robots: { index: false, follow: false } }
}

/**
 * The page for failed sign-ins, and for pages that could not read the database. All the text is ours: the URL only
 * selects it, and may add a reference, which must be a UUID.
 */
export default async function SignInFailurePage({ searchParams }: Props) {
  await limitTo("page")
  const code = parseSignInFailureCode((await searchParams).error)
  const text = describeSignInFailure(code)
  const next = await readReturnPath(searchParams)
  const isWaiting = code === "membership_unverified" && (await isMembershipUnverified())
  const { account, retryAt } = await readFailureNote((await cookies()).get(failureNoteName())?.value, code)
  const reference = z.uuid().safeParse((await searchParams).reference).data

  return (
    <MessagePage
      role={text.eyebrow === "Your choice" ? "status" : "alert"}
      eyebrow={text.eyebrow}
      title={text.title}
      action={<NextStep code={code} label={text.retryLabel} next={next} isSignedIn={isWaiting} />}
    >
      <p>{text.explanation}</p>
      {account && (
        <p>
          {fill(words.signedInAs, {
            account: <strong className="wrap-anywhere text-ink">{account}</strong>,
          })}
        </p>
      )}
      {retryAt && <RetryAt at={retryAt} />}
      {code === "internal_error" && reference && <Reference id={reference} />}
      {code === "access_denied" && <RememberedRefusal />}
      {isWaiting && (
        <p>
          {words.goesOn}
          <ReturnWhenAdmitted next={next} />
        </p>
      )}
      <ForOwner text={text.isForOwner && `${text.cause} ${text.fix}`} variables={text.variables} />
    </MessagePage>
  )
}

function Reference({ id }: { id: string }) {
  return (
    <p className="text-sm">
      {fill(words.reference, { reference: <code className="wrap-anywhere font-mono">{id}</code> })}
    </p>
  )
}

/** Whether this browser has a session, and Bitbucket has yet to confirm the user's membership. */
async function isMembershipUnverified(): Promise<boolean> {
  const reading = await readSession().catch(() => null)
  return reading?.absence === "membership_unverified"
}

function RetryAt({ at }: { at: Date }) {
  if (at < new Date()) return <p>{words.againNow}</p>
  return (
    <p>
      <LocalTimes />
      {fill(words.againAt, {
        relative: <Instant at={at} as="relative" />,
        time: <Instant at={at} as="instant" />,
      })}
    </p>
  )
}

type ForOwnerProps = { text: string | undefined; variables: readonly string[] | undefined }

/** Names environment variables to the site's developers, but not to its visitors. */
function ForOwner({ text, variables = [] }: ForOwnerProps) {
  const { NODE_ENV, hasSetupPage } = environment()
  const named = NODE_ENV === "development" ? variables : []
  if (!text && named.length === 0 && !hasSetupPage) return null
  return (
    <details id="developers" className="text-sm">
      <summary className="font-medium text-ink">{words.forOwner}</summary>
      {text && (
        <p className="mt-2">
          <WithCode text={text} />
        </p>
      )}
      {named.length > 0 && (
        <p className="mt-2">
          {fill(words.inEnvironment, { names: <span className="font-mono">{named.join(", ")}</span> })}
        </p>
      )}
      {hasSetupPage && (
        <p className="mt-2">
          {fill(words.forDevelopers, {
            link: (
              <a href="/setup" className="link">
                {words.checkSetup}
              </a>
            ),
          })}
        </p>
      )}
    </details>
  )
}

type NextStepProps = { code: SignInFailureCode; label: string | null; next: string; isSignedIn: boolean }

function NextStep({ code, label, next, isSignedIn }: NextStepProps) {
  if (label === null) return <PlainLink href="/" label={words.toStart} />
  // Signed-in users don't have to sign in again: their page asks Bitbucket again.
  if (code === "database_unavailable" || code === "internal_error" || isSignedIn)
    return <PlainLink href={next} label={label} />
  return <SignInButton next={next} label={label} />
}

function PlainLink({ href, label }: { href: string; label: string }) {
  return (
    <a href={href} className="button primary large">
      {label}
    </a>
  )
}

/** Bitbucket remembers a refusal just like a consent, and may then redirect back without showing a page. */
function RememberedRefusal() {
  return (
    <p className="text-sm">
      {fill(words.remembered, {
        link: (
          <a className="link" href={bitbucketPages().authorizedApplications} target="_blank" rel="noreferrer">
            {words.removeIt}
          </a>
        ),
      })}
    </p>
  )
}
