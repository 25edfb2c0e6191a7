"use client"

import { fill } from "@/components/fill"
import { MessagePage } from "@/components/message-page"
import { failure as words } from "./words"

type Props = { error: unknown; retry: () => void }

export default function ErrorPage({ error, retry }: Props) {
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : null
  return (
    <MessagePage
      role="alert"
      eyebrow={words.eyebrow}
      title={words.heading}
      action={
        <button type="button" onClick={retry} className="button primary">
          {words.retry}
        </button>
      }
    >
      <p>{words.explanation}</p>
      {digest && (
        <p className="text-sm">
          {fill(words.reference, { reference: <code className="font-mono">{digest}</code> })}
        </p>
      )}
    </MessagePage>
  )
}
