import type { Metadata } from "next"
import Link from "next/link"
import { MessagePage } from "@/components/message-page"
import { words } from "./words"

const { title, eyebrow, heading, explanation, seeYours } = words.notFound

export const metadata: Metadata = { title }

/** Bitbucket tells only members whether a workspace exists, and so does this page. */
export default function WorkspaceNotFound() {
  return (
    <MessagePage
      eyebrow={eyebrow}
      title={heading}
      action={
        <Link href="/workspaces" prefetch={false} className="button primary">
          {seeYours}
        </Link>
      }
    >
      <p>{explanation}</p>
    </MessagePage>
  )
}
