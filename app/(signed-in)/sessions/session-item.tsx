import { Badge } from "@/components/badge"
import { fill } from "@/components/fill"
import { Icon } from "@/components/icon"
import { Instant } from "@/components/instant"
import {
  CircleQuestionMark,
  type IconNode,
  Laptop,
  Smartphone,
  SquareTerminal,
  Tablet,
} from "@/components/lucide"
import { SubmitButton } from "@/components/submit-button"
import { type Device, describeBrowser, deviceOf } from "@/lib/sessions/browser-name"
import type { SignedInBrowser } from "@/lib/sessions/session-store"
import { endSessionOfOther } from "./actions"
import { words } from "./words"

const icons: Record<Device, IconNode> = {
  phone: Smartphone,
  tablet: Tablet,
  computer: Laptop,
  terminal: SquareTerminal,
  unknown: CircleQuestionMark,
}

type Props = {
  session: SignedInBrowser
  isThisBrowser: boolean
  /** Whether it began after this browser's own session, so that the person may not know of it. */
  isNew: boolean
}

export function SessionItem({ session, isThisBrowser, isNew }: Props) {
  const name = describeBrowser(session.userAgent) ?? words.unknown
  return (
    <li className="entry">
      <Icon of={icons[deviceOf(session.userAgent)]} />
      <div>
        <p>
          <strong>{name}</strong>
          {isThisBrowser && <Badge tone="positive">{words.thisBrowser}</Badge>}
          {isNew && <Badge tone="caution">{words.isNew}</Badge>}
        </p>
        <p className="muted">
          {isThisBrowser
            ? words.activeNow
            : fill(words.lastSeen, { when: <Instant at={session.lastSeenAt} as="relative" /> })}
          {fill(words.signedIn, { when: <Instant at={session.createdAt} as="instant" /> })}
        </p>
      </div>
      {!isThisBrowser && (
        <form action={endSessionOfOther}>
          <input type="hidden" name="reference" value={session.reference} />
          <SubmitButton pending={words.signingOut}>
            {words.signOut}
            <span className="sr-only">{words.of(name)}</span>
          </SubmitButton>
        </form>
      )}
    </li>
  )
}
