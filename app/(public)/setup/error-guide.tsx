import type { ReactNode } from "react"
import { FoldedCard } from "@/components/folded-card"
import { WithCode } from "@/components/with-code"
import { bitbucketErrors } from "@/lib/doctor/error-guide"
import { type SignInFailureEntry, signInFailures } from "@/lib/sign-in/failures"

/** What Bitbucket says when something is wrong, what it means, and how to fix it. */
export function BitbucketErrors() {
  return (
    <FoldedCard title="When Bitbucket shows an error">
      <Entries>
        {bitbucketErrors.map(({ where, shown, row, ...explanation }) => (
          <Entry key={row} {...explanation}>
            <p className="font-medium">{shown}</p>
            <p className="muted">
              {where} · <span className="font-mono text-xs">{row}</span>
            </p>
          </Entry>
        ))}
      </Entries>
      <p className="after-rows">
        How each of them is known stands under its number in the README of the emulator.
      </p>
    </FoldedCard>
  )
}

/** The same for this app's own error codes, which appear in the log and in the URL of the error page. */
export function SignInFailures() {
  return (
    <FoldedCard title="When this app shows an error">
      <Entries>
        {Object.entries<SignInFailureEntry>(signInFailures).map(([code, { cause, fix, variables = [] }]) => (
          <Entry key={code} cause={cause} fix={[fix, ...variables.map((name) => `\`${name}\``)].join(" ")}>
            <a href={`/auth/error?error=${code}`} className="link inline-block font-mono text-[0.9em]">
              {code}
            </a>
          </Entry>
        ))}
      </Entries>
    </FoldedCard>
  )
}

function Entries({ children }: { children: ReactNode }) {
  return <ul className="rows">{children}</ul>
}

type EntryProps = { cause: string; fix: string; children: ReactNode }

function Entry({ cause, fix, children }: EntryProps) {
  return (
    <li className="in-three">
      <div>{children}</div>
      <p>
        <span className="label">Cause</span>
        <WithCode text={cause} />
      </p>
      <p>
        <span className="label">Fix</span>
        <WithCode text={fix} />
      </p>
    </li>
  )
}
