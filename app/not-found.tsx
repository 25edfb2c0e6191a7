import type { Metadata } from "next"
import Link from "next/link"
import { MessagePage } from "@/components/message-page"

export const metadata: Metadata = { title: "Page not found" }

export default function NotFound() {
  return (
    <MessagePage
      eyebrow="404"
      title="There is no page at this address"
      action={
        <Link href="/" prefetch={false} className="button primary">
          Go to the start page
        </Link>
      }
    >
      The link may be old, or cut off.
    </MessagePage>
  )
}
