import { Instant } from "@/components/instant"
import { Notice } from "@/components/notice"
import type { ProfileReading } from "@/lib/accounts/profile-snapshots"

/** How far this profile can be relied on. In the usual case one line, whose height never changes. */
export function Freshness({ failure, readAt }: Pick<ProfileReading, "failure" | "readAt">) {
  switch (failure) {
    case null:
      return (
        <p className="aside">
          Read from Bitbucket <Instant at={readAt} as="relative" />.
        </p>
      )
    case "bitbucket_unavailable":
      return (
        <Notice tone="caution" title="Bitbucket is not answering.">
          This is your profile as it was <LastRead at={readAt} />. We ask Bitbucket again when you open this
          page in a minute.
        </Notice>
      )
    case "asked_too_often":
      return (
        <Notice tone="caution" title="That was too often.">
          This is your profile as it was <LastRead at={readAt} />. This site asks Bitbucket again in a minute.
        </Notice>
      )
    case "bitbucket_refused":
      return (
        <Notice tone="caution" title="Bitbucket did not show your profile.">
          This is how it was <LastRead at={readAt} />. Reconnecting on the page “Bitbucket connection” may
          help.
        </Notice>
      )
  }
}

function LastRead({ at }: { at: Date }) {
  return (
    <>
      <Instant at={at} as="relative" /> (<Instant at={at} as="instant" />)
    </>
  )
}
