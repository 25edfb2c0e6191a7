import { Badge } from "@/components/badge"
import { buttonStyle } from "@/components/button-style"
import { Instant } from "@/components/instant"
import { describeBrowser } from "@/lib/sessions/browser-name"
import type { SignedInBrowser } from "@/lib/sessions/session-store"
import { endSessionOfOther } from "./actions"

export function SignedInBrowserItem({
  browser,
  isThisOne,
}: {
  browser: SignedInBrowser
  isThisOne: boolean
}) {
  const name = describeBrowser(browser.userAgent) ?? "Unknown browser"
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 py-5">
      <div className="min-w-56 flex-1">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 font-medium">
          {name}
          {isThisOne && <Badge tone="positive">This browser</Badge>}
        </p>
        <p className="mt-1 text-ink-muted text-sm">
          Signed in <Instant at={browser.createdAt} as="relative" />, last seen{" "}
          <Instant at={browser.lastSeenAt} as="relative" />
        </p>
      </div>
      {!isThisOne && (
        <form action={endSessionOfOther}>
          <input type="hidden" name="reference" value={browser.reference} />
          <button type="submit" className={buttonStyle("secondary")}>
            End<span className="sr-only"> the session of {name}</span>
          </button>
        </form>
      )}
    </li>
  )
}
