import type { ReactNode } from "react"
import { buttonStyle } from "@/components/button-style"
import { bitbucketPages } from "@/lib/server/bitbucket-urls"
import { disconnect, eraseMyData } from "../../actions"

type Props = {
  /** Whether the tokens expire by themselves, sooner or later. */
  tokensExpire: boolean
}

/** The two things that cannot be undone. Each asks before it acts. */
export function Disconnect({ tokensExpire }: Props) {
  return (
    <section
      aria-labelledby="disconnect"
      className="divide-y divide-line rounded-lg border border-critical/40 bg-surface shadow-raised"
    >
      <div className="px-5 py-5 sm:px-6">
        <h2 id="disconnect" className="font-semibold text-base">
          Disconnect
        </h2>
        <p className="mt-1 text-ink-muted text-sm">
          Ends this app’s access to your Bitbucket account and signs you out in every browser.
        </p>
        <Confirmed
          id="disconnect-confirmation"
          open="Disconnect …"
          question="Disconnect from Bitbucket?"
          cancel="Keep it connected"
          confirm="Disconnect now"
          action={disconnect}
        >
          <li>
            Everything that Bitbucket gave this app is deleted here, including the copy of your profile. Your
            “Activity” page keeps what happened to the connection for 90 days.
          </li>
          <AtBitbucket tokensExpire={tokensExpire} />
        </Confirmed>
      </div>
      <div className="px-5 py-5 sm:px-6">
        <h3 className="font-semibold text-base">Delete my data</h3>
        <p className="mt-1 text-ink-muted text-sm">
          Disconnects, and deletes your activity too. Nothing of you stays in this app’s database.
        </p>
        <Confirmed
          id="erase-confirmation"
          open="Delete my data …"
          question="Delete everything this app has of you?"
          cancel="Keep my data"
          confirm="Delete everything now"
          action={eraseMyData}
        >
          <li>
            Your profile, connection, sessions and activity are deleted at once, and you are signed out
            everywhere. This can’t be undone.
          </li>
          <AtBitbucket tokensExpire={tokensExpire} />
        </Confirmed>
      </div>
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
  action: () => Promise<void>
  /** What will happen, as list items. */
  children: ReactNode
}

/** A button that asks before it acts, in a popover of the browser's own: that needs no script. */
function Confirmed({ id, open, question, cancel, confirm, action, children }: ConfirmedProps) {
  return (
    <>
      <button type="button" popoverTarget={id} className={`mt-4 ${buttonStyle("secondary")}`}>
        {open}
      </button>
      <div
        id={id}
        popover="auto"
        role="dialog"
        aria-labelledby={`${id}-question`}
        className="m-auto w-[min(32rem,calc(100vw-2rem))] rounded-lg border border-line bg-surface p-6 text-ink text-sm shadow-floating backdrop:bg-scrim"
      >
        <h3 id={`${id}-question`} className="font-semibold text-lg">
          {question}
        </h3>
        <ul className="mt-4 list-disc space-y-2 pl-5 text-ink-muted marker:text-line-strong">{children}</ul>
        <div className="mt-6 flex flex-wrap justify-end gap-3">
          <button
            type="button"
            popoverTarget={id}
            popoverTargetAction="hide"
            className={buttonStyle("secondary")}
          >
            {cancel}
          </button>
          <form action={action}>
            <button type="submit" className={buttonStyle("critical")}>
              {confirm}
            </button>
          </form>
        </div>
      </div>
    </>
  )
}
