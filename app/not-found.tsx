import type { Metadata } from "next"
import { MessagePage } from "@/components/message-page"
import { notFound as words } from "./words"

export const metadata: Metadata = { title: words.title }

export default function NotFound() {
  return (
    <MessagePage
      eyebrow={words.eyebrow}
      title={words.heading}
      action={
        <a href="/" className="button primary">
          {words.toStart}
        </a>
      }
    >
      {words.explanation}
    </MessagePage>
  )
}
