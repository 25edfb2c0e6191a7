import { Badge } from "@/components/badge"
import { Card } from "@/components/card"
import { CopyButton } from "@/components/copy-button"
import { callbackExamples } from "@/lib/doctor/callback-match"

/** The address to register, and what Bitbucket would make of others. */
export function CallbackUrl({ url }: { url: string }) {
  return (
    <Card id="register" title="Callback URL to register in Bitbucket">
      <div className="flex flex-wrap items-center gap-3">
        <code className="wrap-anywhere min-w-0 flex-1 basis-60 select-all rounded-md border border-line bg-sunken px-3 py-2 font-mono text-sm">
          {url}
        </code>
        <CopyButton value={url} what="the callback URL" />
      </div>
      <div className="mt-5 max-w-3xl space-y-3 text-ink-muted text-sm">
        <p>
          Bitbucket compares beginnings: the address that this app sends has to start with the one that is
          registered. The origin alone would do, but then whoever finds an address of this site that passes on
          what it is given could have codes sent there. Registered in full, they come here only.
        </p>
      </div>
      <ul className="mt-4 divide-y divide-line text-sm">
        {callbackExamples(url).map(({ registered, isAdmitted, why }) => (
          <li
            key={registered}
            className="grid items-baseline gap-x-6 gap-y-1 py-3 sm:grid-cols-[8rem_minmax(0,1fr)]"
          >
            <span>
              <Badge tone={isAdmitted ? "positive" : "critical"}>{isAdmitted ? "Matches" : "Does not"}</Badge>
            </span>
            <div className="min-w-0">
              <code className="wrap-anywhere font-mono text-[0.9em]">{registered}</code>
              <p className="text-ink-muted">{why}</p>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  )
}
