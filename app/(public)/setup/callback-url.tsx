import { Badge } from "@/components/badge"
import { Card } from "@/components/card"
import { CopyButton } from "@/components/copy-button"
import { callbackExamples } from "@/lib/doctor/callback-match"

/** The callback URL to register, and what Bitbucket does with others. */
export function CallbackUrl({ url }: { url: string }) {
  return (
    <Card id="register" title="Callback URL to register in Bitbucket">
      <div className="choice">
        <code className="select-all rounded-md border border-line bg-sunken px-3 py-2">{url}</code>
        <CopyButton value={url} what="the callback URL" />
      </div>
      <details className="more">
        <summary>What else Bitbucket would accept</summary>
        <p>
          Bitbucket compares beginnings: the address that this app sends has to start with the one that is
          registered. The origin alone would do, but then anyone who finds an address of this site that passes
          on what it is given could have codes sent there. Registered in full, they come here only.
        </p>
        <ul className="rows">
          {callbackExamples(url).map(({ registered, isAdmitted, why }) => (
            <li key={registered} className="check">
              <span>
                <Badge tone={isAdmitted ? "positive" : "critical"}>
                  {isAdmitted ? "Matches" : "Does not"}
                </Badge>
              </span>
              <div>
                <code>{registered}</code>
                <p className="muted">{why}</p>
              </div>
            </li>
          ))}
        </ul>
      </details>
    </Card>
  )
}
