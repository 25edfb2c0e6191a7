import type { ReactNode } from "react"
import { SubmitButton } from "@/components/submit-button"
import { ACTIVITY_KEPT_DAYS } from "@/lib/accounts/activity"
import { bitbucketPages } from "@/lib/server/bitbucket-urls"
import { disconnect, eraseMyData } from "../../actions"

type Props = {
  /** Whether the tokens expire by themselves, sooner or later. */
  tokensExpire: boolean
}

/** The two actions that cannot be undone. Each asks before it acts. */
export function DangerZone({ tokensExpire }: Props) {
  return (
    <section aria-labelledby="danger" className="card danger">
      <header>
        <h2 id="danger">Danger zone</h2>
      </header>
      <ul className="rows">
        <li className="choice">
          <p>
            <strong>Disconnect.</strong> Ends this app’s access to your Bitbucket account and signs you out in
            every browser.
          </p>
          <Confirmed
            id="disconnect-confirmation"
            open="Disconnect…"
            question="Disconnect from Bitbucket?"
            cancel="Keep it connected"
            confirm="Disconnect now"
            pending="Disconnecting…"
            action={disconnect}
          >
            <li>
              Everything that Bitbucket gave this app is deleted here, including the copy of your profile.
              Your “Activity” page keeps what happened to the connection for {ACTIVITY_KEPT_DAYS} days.
            </li>
            <AtBitbucket tokensExpire={tokensExpire} />
          </Confirmed>
        </li>
        <li className="choice">
          <p>
            <strong>Delete my data.</strong> Disconnects, and deletes your activity too. Nothing about you
            stays in this app’s database.
          </p>
          <Confirmed
            id="erase-confirmation"
            open="Delete my data…"
            question="Delete everything this app has about you?"
            cancel="Keep my data"
            confirm="Delete everything now"
            pending="Deleting…"
            action={eraseMyData}
          >
            <li>
              Your profile, connection, sessions and activity are deleted at once, and you are signed out
              everywhere. This can’t be undone.
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
        Bitbucket keeps this app in its list of allowed apps until you remove it there, under{" "}
        <a className="link" href={bitbucketPages().authorizedApplications} target="_blank" rel="noreferrer">
          app authorizations
        </a>
        .
      </li>
      <li>
        Bitbucket can’t call back the access it gave out.{" "}
        {tokensExpire ? "It expires within two hours." : "It stays valid until you remove this app there."}
      </li>
    </>
  )
}

type ConfirmedProps = {
  id: string
  /** On the button that asks. */
  open: string
  question: string
  cancel: string
  confirm: string
  /** On the button that acts, while it does. */
  pending: string
  action: () => Promise<void>
  /** What will happen, as list items. */
  children: ReactNode
}

/** A button that asks before it acts, in the browser's own popover, which needs no script. */
function Confirmed({ id, open, question, cancel, confirm, pending, action, children }: ConfirmedProps) {
  return (
    <>
      <button type="button" popoverTarget={id} className="button">
        {open}
      </button>
      <div id={id} popover="auto" role="dialog" aria-labelledby={`${id}-question`} className="question">
        <h3 id={`${id}-question`}>{question}</h3>
        <ul>{children}</ul>
        <div>
          <button type="button" popoverTarget={id} popoverTargetAction="hide" className="button">
            {cancel}
          </button>
          <form action={action}>
            <SubmitButton className="button critical" pending={pending}>
              {confirm}
            </SubmitButton>
          </form>
        </div>
      </div>
    </>
  )
}
