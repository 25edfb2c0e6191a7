import type { Metadata } from "next"
import { MessagePage } from "@/components/message-page"
import { SignInButton } from "@/components/sign-in-button"
import { ACTIVITY_KEPT_DAYS } from "@/lib/accounts/activity"
import { legacySignIn } from "@/lib/bitbucket/legacy-sign-in"
import { bitbucketPages } from "@/lib/bitbucket/urls"
import { getSession } from "@/lib/sessions/current-session"
import { orErrorPage } from "@/lib/sessions/error-page"
import { limitTo } from "@/lib/sessions/limited-request"
import { words } from "./words"

export const metadata: Metadata = { title: words.title, robots: { index: false, follow: false } }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function DisconnectedPage({ searchParams }: Props) {
  await limitTo("page")
  const isErased = (await searchParams).data === "deleted"
  if (await orErrorPage("/disconnected", getSession())) return <StillConnected />
  return <Disconnected isErased={isErased} />
}

function Disconnected({ isErased }: { isErased: boolean }) {
  const { eyebrow, heading, done } = isErased ? words.erased : words.disconnected
  return (
    <MessagePage
      role="status"
      eyebrow={eyebrow}
      title={heading}
      action={
        <>
          <a
            href={bitbucketPages().authorizedApplications}
            target="_blank"
            rel="noreferrer"
            className="button primary"
          >
            {words.removeThere}
          </a>
          <SignInButton next="/profile" look="secondary" />
        </>
      }
    >
      <p>{done(ACTIVITY_KEPT_DAYS)}</p>
      <p>{legacySignIn() ? words.expiresUnlessLegacy : words.expiresSoon}</p>
      <p>{words.permissionStays}</p>
    </MessagePage>
  )
}

/** For people who open this address while they are signed in. */
function StillConnected() {
  const { eyebrow, heading, explanation, seeConnection } = words.connected
  return (
    <MessagePage
      eyebrow={eyebrow}
      title={heading}
      action={
        <a href="/integrations/bitbucket" className="button primary">
          {seeConnection}
        </a>
      }
    >
      <p>{explanation}</p>
    </MessagePage>
  )
}
