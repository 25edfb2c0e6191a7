import { buttonStyle } from "@/components/button-style"
import { bitbucketEndpoints } from "@/lib/bitbucket/endpoints"
import { disconnect } from "../../actions"

const CONFIRMATION = "disconnect-confirmation"

type Props = {
  /** Whether what Bitbucket gave lapses of its own accord, sooner or later. */
  lapsesByItself: boolean
}

/** Asks before it acts, in a popover of the browser's own: that needs no script. */
export function Disconnect({ lapsesByItself }: Props) {
  return (
    <section
      aria-labelledby="disconnect"
      className="rounded-lg border border-critical/40 bg-surface px-5 py-5 shadow-raised sm:px-6"
    >
      <h2 id="disconnect" className="font-semibold text-base">
        Disconnect
      </h2>
      <p className="mt-1 text-ink-muted text-sm">
        Ends this app’s access to your Bitbucket account and signs you out in every browser.
      </p>
      <button type="button" popoverTarget={CONFIRMATION} className={`mt-4 ${buttonStyle("secondary")}`}>
        Disconnect …
      </button>
      <Confirmation lapsesByItself={lapsesByItself} />
    </section>
  )
}

/** What it says about Bitbucket is the truth, also where that is inconvenient. */
function Confirmation({ lapsesByItself }: Props) {
  return (
    <div
      id={CONFIRMATION}
      popover="auto"
      role="dialog"
      aria-labelledby="disconnect-question"
      className="m-auto w-[min(32rem,calc(100vw-2rem))] rounded-lg border border-line bg-surface p-6 text-ink text-sm shadow-floating backdrop:bg-scrim"
    >
      <h3 id="disconnect-question" className="font-semibold text-lg">
        Disconnect from Bitbucket?
      </h3>
      <ul className="mt-4 list-disc space-y-2 pl-5 text-ink-muted marker:text-line-strong">
        <li>
          Everything that Bitbucket gave this app is deleted here, the copy of your profile included. What
          happened to the connection stays on your page “Activity” for 90 days.
        </li>
        <li>
          Bitbucket itself keeps this app among those that you allowed until you remove it there, under{" "}
          <a
            className="link"
            href={bitbucketEndpoints().authorizedApplications}
            target="_blank"
            rel="noreferrer"
          >
            app authorizations
          </a>
          .
        </li>
        <li>
          Bitbucket cannot call back what it has given out.{" "}
          {lapsesByItself
            ? "It lapses by itself within two hours."
            : "It stays valid until you remove this app there."}
        </li>
      </ul>
      <div className="mt-6 flex flex-wrap justify-end gap-3">
        <button
          type="button"
          popoverTarget={CONFIRMATION}
          popoverTargetAction="hide"
          className={buttonStyle("secondary")}
        >
          Keep it connected
        </button>
        <form action={disconnect}>
          <button type="submit" className={buttonStyle("critical")}>
            Disconnect now
          </button>
        </form>
      </div>
    </div>
  )
}
