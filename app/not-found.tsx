import type { Metadata } from "next"
import Link from "next/link"
import { buttonStyle } from "@/components/button-style"
import { MessagePage } from "@/components/message-page"

export const metadata: Metadata = { title: "Page not found" }

export default function NotFound() {
  return (
    <MessagePage
      eyebrow="404"
      title="There is no page at this address"
      action={
        <Link href="/" prefetch={false} className={buttonStyle("primary")}>
          Go to the start page
        </Link>
      }
    >
      <p>It may have been moved, or the link may have been cut off on its way to you.</p>
    </MessagePage>
  )
}
