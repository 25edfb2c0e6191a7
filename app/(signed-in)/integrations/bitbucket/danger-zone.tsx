import type { ReactNode } from "react"
import { fill } from "@/components/fill"
import { SubmitButton } from "@/components/submit-button"
import { ACTIVITY_KEPT_DAYS } from "@/lib/accounts/activity"
import { bitbucketPages } from "@/lib/bitbucket/urls"
import { disconnect, eraseMyData } from "../../actions"
import { words } from "./words"

type Props = {
  /** Whether the tokens expire on their own. */
  tokensExpire: boolean
}

/** The two actions that cannot be undone. Each asks before it acts. */
export function DangerZone({ tokensExpire }: Props) {
  return (
    <section aria-labelledby="danger" className="card danger">
      <header>
        <h2 id="danger">{words.dangerZone}</h2>
      </header>
      <ul className="rows">
        <li className="choice">
          <p>
            <strong>{words.disconnectTitle}</strong> {words.disconnectMeans}
          </p>
          <Confirmed id="disconnect-confirmation" labels={words.disconnect} action={disconnect}>
            <li>{words.disconnectSignsOut}</li>
            <li>{words.disconnectDeletes(ACTIVITY_KEPT_DAYS)}</li>
            <AtBitbucket tokensExpire={tokensExpire} />
          </Confirmed>
        </li>
        <li className="choice">
          <p>
            <strong>{words.eraseTitle}</strong> {words.eraseMeans}
          </p>
          <Confirmed id="erase-confirmation" labels={words.erase} action={eraseMyData}>
            <li>{words.eraseDeletes}</li>
            <li>
              {words.eraseLeaves}
              <ul>
                {words.staysAfterErasing.map((what) => (
                  <li key={what}>{what}</li>
                ))}
              </ul>
            </li>
            <AtBitbucket tokensExpire={tokensExpire} />
          </Confirmed>
        </li>
      </ul>
    </section>
  )
}

function AtBitbucket({ tokensExpire }: Props) {
  return (
    <>
      <li>
        {fill(words.permissionStays, {
          link: (
            <a
              className="link"
              href={bitbucketPages().authorizedApplications}
              target="_blank"
              rel="noreferrer"
            >
              {words.removeIt}
            </a>
          ),
        })}
      </li>
      <li>{tokensExpire ? words.expiresSoon : words.validUntilRemoved}</li>
    </>
  )
}

type ConfirmedProps = {
  id: string
  /** `open` is the label of the button that opens the question; `pending` that of the button that acts, while it does. */
  labels: Record<"open" | "question" | "cancel" | "confirm" | "pending", string>
  action: () => Promise<void>
  /** What will happen, as list items. */
  children: ReactNode
}

/** A button that asks before it acts, in the browser's own popover, which needs no script. */
function Confirmed({ id, labels, action, children }: ConfirmedProps) {
  return (
    <>
      <button type="button" popoverTarget={id} className="button">
        {labels.open}
      </button>
      <div id={id} popover="auto" role="dialog" aria-labelledby={`${id}-question`} className="question">
        <h3 id={`${id}-question`}>{labels.question}</h3>
        <ul>{children}</ul>
        <div>
          <button type="button" popoverTarget={id} popoverTargetAction="hide" className="button">
            {labels.cancel}
          </button>
          <form action={action}>
            <SubmitButton className="button critical" pending={labels.pending}>
              {labels.confirm}
            </SubmitButton>
          </form>
        </div>
      </div>
    </>
  )
}
