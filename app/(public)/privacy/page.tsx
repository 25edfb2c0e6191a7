import type { Metadata } from "next"
import { fill } from "@/components/fill"
import { ACTIVITY_KEPT_DAYS } from "@/lib/accounts/activity"
import { environment } from "@/lib/env"
import { findSession } from "@/lib/sessions/current-session"
import { limitTo } from "@/lib/sessions/limited-request"
import { AccountFrame } from "../../(signed-in)/account-frame"
import { type Kept, keptAfterDeleting, keptUntilDeleted, words } from "./words"

export const metadata: Metadata = {
  title: words.title,
  description: words.description,
}

/** Users read it before they sign in, or from one of their own pages, and then keep the navigation of those. */
export default async function PrivacyPage() {
  await limitTo("page")
  const { SESSION_IDLE_DAYS, SESSION_ABSOLUTE_DAYS, STAY_CONNECTED_DAYS } = environment()
  const untilDeleted = keptUntilDeleted({
    idle: SESSION_IDLE_DAYS,
    absolute: SESSION_ABSOLUTE_DAYS,
    stayConnected: STAY_CONNECTED_DAYS,
    activity: ACTIVITY_KEPT_DAYS,
  })
  const content = (
    <>
      <h1>{words.title}</h1>
      <p className="lead max-w-2xl">
        {fill(words.lead, {
          link: (
            <a href="/integrations/bitbucket" className="link">
              {words.connection}
            </a>
          ),
        })}
      </p>
      <p className="max-w-2xl text-ink-muted">{words.notKept}</p>
      <KeptList title={words.untilDeleted} kept={untilDeleted} />
      <KeptList title={words.afterDeleting} kept={keptAfterDeleting()} />
    </>
  )
  if (!(await findSession())) return <div className="page public">{content}</div>
  return (
    <AccountFrame>
      <div className="page">{content}</div>
    </AccountFrame>
  )
}

function KeptList({ title, kept }: { title: string; kept: Kept[] }) {
  return (
    <section>
      <h2 className="font-semibold text-lg">{title}</h2>
      <dl className="mt-3 divide-y divide-line border-line border-y">
        {kept.map(({ what, where, until }) => (
          <div key={what} className="grid gap-x-8 gap-y-1 py-4 md:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
            <dt className="font-medium text-sm">{what}</dt>
            <dd className="text-ink-muted text-sm">
              <p>
                <span className="text-ink">{words.where}</span>
                {where}
              </p>
              <p>
                <span className="text-ink">{words.howLong}</span>
                {until}
              </p>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
