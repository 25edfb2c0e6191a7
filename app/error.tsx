"use client"

import { MessagePage } from "@/components/message-page"

type Props = { error: unknown; retry: () => void }

export default function ErrorPage({ error, retry }: Props) {
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : null
  return (
    <MessagePage
      role="alert"
      eyebrow="Something went wrong"
      title="This page could not be shown"
      action={
        <button type="button" onClick={retry} className="button primary">
          Try again
        </button>
      }
    >
      <p>The fault is on our side, and nothing of yours was changed.</p>
      {digest && (
        <p className="text-sm">
          If it happens again, give the owner of this site the reference{" "}
          <code className="font-mono">{digest}</code>.
        </p>
      )}
    </MessagePage>
  )
}
