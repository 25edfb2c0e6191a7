import type { Metadata } from "next"
import { buttonStyle } from "@/components/button-style"
import { MessagePage } from "@/components/message-page"
import { SignInButton } from "@/components/sign-in-button"
import { bitbucketEndpoints } from "@/lib/bitbucket/endpoints"
import type { SignInFailureCode } from "@/lib/sign-in/failure"
import { readReturnPath, type SearchParams } from "../../return-place"
import { parseFailure } from "../../sign-in-failure-text"

type Props = { searchParams: SearchParams }

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const { text } = parseFailure((await searchParams).error)
  return { title: text.title, robots: { index: false, follow: false } }
}

/** The end of every sign-in that failed. All of its words are ours; the address only picks among them. */
export default async function SignInFailurePage({ searchParams }: Props) {
  const { code, text } = parseFailure((await searchParams).error)
  const next = await readReturnPath(searchParams)
  const isChoice = code === "access_denied"

  return (
    <MessagePage
      role={isChoice ? "status" : "alert"}
      eyebrow={isChoice ? "Your choice" : "Sign-in failed"}
      title={text.title}
      action={<NextStep code={code} label={text.retryLabel} next={next} />}
    >
      <p>{text.explanation}</p>
      {isChoice && <RememberedRefusal />}
      {text.forDevelopers && (
        <details className="text-sm">
          <summary className="font-medium text-ink">For developers</summary>
          <p className="mt-2">{text.forDevelopers}</p>
        </details>
      )}
    </MessagePage>
  )
}

type NextStepProps = { code: SignInFailureCode; label: string | null; next: string }

function NextStep({ code, label, next }: NextStepProps) {
  if (label === null) return <PlainLink href="/" label="Go to the start page" />
  // Who is signed in already needs no Bitbucket for that, only our database: their page asks it again.
  if (code === "database_unavailable") return <PlainLink href={next} label={label} />
  return <SignInButton next={next} reason="retry" label={label} />
}

function PlainLink({ href, label }: { href: string; label: string }) {
  return (
    <a href={href} className={buttonStyle("primary", "large")}>
      {label}
    </a>
  )
}

/** Bitbucket remembers a refusal as it remembers a consent, and may then answer without showing anything. */
function RememberedRefusal() {
  return (
    <p className="text-sm">
      If Bitbucket brings you straight back here without asking, it has remembered your answer. Remove this
      app from{" "}
      <a className="link" href={bitbucketEndpoints().authorizedApplications} target="_blank" rel="noreferrer">
        your app authorizations
      </a>{" "}
      there, then try again.
    </p>
  )
}
