import type { ReactNode } from "react"
import { Card } from "@/components/card"
import { bitbucketErrors } from "@/lib/doctor/error-guide"
import { signInFailures } from "@/lib/sign-in/failures"
import { WithCode } from "../../../components/with-code"

/** What Bitbucket says when something is wrong, what it means, and how to fix it. */
export function BitbucketErrors() {
  return (
    <Card id="bitbucket-errors" title="When Bitbucket shows an error">
      <Entries>
        {bitbucketErrors.map(({ where, shown, row, ...explanation }) => (
          <Entry key={row} {...explanation}>
            <p className="wrap-anywhere font-medium">{shown}</p>
            <p className="text-ink-muted">
              {where} · <span className="font-mono text-xs">{row}</span>
            </p>
          </Entry>
        ))}
      </Entries>
      <p className="mt-6 text-ink-muted text-sm">
        How each of them is known stands under its number in{" "}
        <code className="font-mono">packages/bitbucket-emulator/README.md</code>.
      </p>
    </Card>
  )
}

/** The same for this app's own codes, which the address of its error page and the log name. */
export function SignInFailures() {
  return (
    <Card id="sign-in-failures" title="When this app shows an error">
      <Entries>
        {Object.entries(signInFailures).map(([code, { cause, fix }]) => (
          <Entry key={code} cause={cause} fix={fix}>
            <a href={`/auth/error?error=${code}`} className="link wrap-anywhere font-mono text-[0.9em]">
              {code}
            </a>
          </Entry>
        ))}
      </Entries>
    </Card>
  )
}

function Entries({ children }: { children: ReactNode }) {
  return <ul className="-my-3 divide-y divide-line text-sm">{children}</ul>
}

type EntryProps = { cause: string; fix: string; children: ReactNode }

function Entry({ cause, fix, children }: EntryProps) {
  return (
    <li className="grid gap-x-6 gap-y-1.5 py-3 md:grid-cols-3">
      <div className="min-w-0">{children}</div>
      <p>
        <span className="block text-ink-muted text-xs">Cause</span>
        <WithCode text={cause} />
      </p>
      <p>
        <span className="block text-ink-muted text-xs">Fix</span>
        <WithCode text={fix} />
      </p>
    </li>
  )
}
