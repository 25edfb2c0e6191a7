import { fill } from "@/components/fill"
import { Instant } from "@/components/instant"
import { Notice } from "@/components/notice"
import type { ProfileReading } from "@/lib/accounts/profile-snapshots"
import { signInAgain } from "../words"
import { words } from "./words"

/** How current this profile is. Usually one line, whose height never changes. */
export function Freshness({ failure, readAt }: Pick<ProfileReading, "failure" | "readAt">) {
  switch (failure) {
    case null:
      return <p className="aside">{fill(words.readAt, { when: <Instant at={readAt} as="relative" /> })}</p>
    case "bitbucket_unavailable":
      return (
        <Notice tone="caution" title={words.notAnswering}>
          {fill(words.notAnsweringNow, { when: <LastRead at={readAt} /> })}
        </Notice>
      )
    case "asked_too_often":
      return (
        <Notice tone="caution" title={words.tooOften}>
          {fill(words.tooOftenNow, { when: <LastRead at={readAt} /> })}
        </Notice>
      )
    case "bitbucket_refused":
      return (
        <Notice tone="caution" title={words.notShown}>
          {fill(words.notShownNow, { when: <LastRead at={readAt} />, signInAgain })}
        </Notice>
      )
  }
}

function LastRead({ at }: { at: Date }) {
  return fill(words.lastRead, {
    relative: <Instant at={at} as="relative" />,
    time: <Instant at={at} as="instant" />,
  })
}
