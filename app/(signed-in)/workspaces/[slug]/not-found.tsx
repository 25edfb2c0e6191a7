import type { Metadata } from "next"
import Link from "next/link"
import { MessagePage } from "@/components/message-page"

export const metadata: Metadata = { title: "Workspace not found" }

/** Bitbucket does not tell strangers whether a workspace exists, and neither does this page. */
export default function WorkspaceNotFound() {
  return (
    <MessagePage
      eyebrow="404"
      title="You are in no workspace of this name"
      action={
        <Link href="/workspaces" prefetch={false} className="button primary">
          See your workspaces
        </Link>
      }
    >
      <p>There is none at Bitbucket, it has been renamed, or your account is not a member of it.</p>
    </MessagePage>
  )
}
