import type { Metadata } from "next"
import Link from "next/link"
import { MessagePage } from "@/components/message-page"
import { SignInButton } from "@/components/sign-in-button"
import { bitbucketPages } from "@/lib/server/bitbucket-urls"
import { getSession } from "@/lib/sessions/current-session"
import { orErrorPage } from "@/lib/sessions/error-page"
import { limitTo } from "@/lib/sessions/limited-request"

export const metadata: Metadata = { title: "Disconnected", robots: { index: false, follow: false } }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function DisconnectedPage({ searchParams }: Props) {
  await limitTo("page")
  const isErased = (await searchParams).data === "deleted"
  if (await orErrorPage("/disconnected", getSession())) return <StillConnected />
  return <Disconnected isErased={isErased} />
}

function Disconnected({ isErased }: { isErased: boolean }) {
  return (
    <MessagePage
      role="status"
      eyebrow={isErased ? "Deleted" : "Disconnected"}
      title={
        isErased
          ? "This app keeps nothing of you any more"
          : "This app no longer has access to your Bitbucket account"
      }
      action={
        <>
          <a
            href={bitbucketPages().authorizedApplications}
            target="_blank"
            rel="noreferrer"
            className="button primary"
          >
            Remove it at Bitbucket too
          </a>
          <SignInButton next="/profile" look="secondary" />
        </>
      }
    >
      <p>
        {isErased
          ? "Your profile, your connection, your sessions and your activity have been deleted here."
          : "What Bitbucket gave this app, the copy of your profile and your sessions have been deleted here."}
      </p>
      <p>
        Bitbucket still lists this app among those that you allowed. Until you remove it there, signing in
        again may not ask for your consent.
      </p>
    </MessagePage>
  )
}

/** For people who open this address while they are signed in. */
function StillConnected() {
  return (
    <MessagePage
      eyebrow="Connected"
      title="Your Bitbucket account is connected"
      action={
        <Link href="/integrations/bitbucket" prefetch={false} className="button primary">
          See the connection
        </Link>
      }
    >
      <p>Nothing has been disconnected.</p>
    </MessagePage>
  )
}
