import type { Workspace } from "auth-bitbucket/client"
import Link from "next/link"
import { Avatar } from "@/components/avatar"
import { Badge } from "@/components/badge"
import { fill } from "@/components/fill"
import { Instant } from "@/components/instant"
import { Visibility } from "@/components/visibility"
import { bitbucketPages } from "@/lib/bitbucket/urls"
import { roleInWords } from "../role-words"
import { words as shared } from "../words"
import { words } from "./words"

/** Which workspace this is, and the user's role in it; only the slug if Bitbucket said no more. */
export function WorkspaceHeading({ slug, workspace }: { slug: string; workspace: Workspace | undefined }) {
  const name = workspace?.name ?? slug
  const avatarUrl = workspace?.avatarUrl ?? null
  return (
    <div>
      <Link href="/workspaces" prefetch={false} className="link text-sm">
        {words.allWorkspaces}
      </Link>
      <div className="mt-4 flex items-center gap-4 sm:gap-6">
        <Avatar account={{ displayName: name, nickname: null, username: null, avatarUrl }} size="large" />
        <div className="min-w-0">
          <h1 className="wrap-anywhere font-semibold text-xl sm:text-2xl">{name}</h1>
          {workspace && <Role workspace={workspace} />}
        </div>
      </div>
      {workspace && <Details workspace={workspace} />}
    </div>
  )
}

function Role({ workspace: { role, isPrivate } }: { workspace: Workspace }) {
  return (
    <p className="mt-1.5 flex flex-wrap gap-2">
      {role && (
        <Badge tone="neutral">
          <span className="sr-only">{words.role}</span>
          {roleInWords(role)}
        </Badge>
      )}
      {isPrivate !== null && <Visibility isPrivate={isPrivate} />}
    </p>
  )
}

function Details({ workspace: { slug, createdOn } }: { workspace: Workspace }) {
  return (
    <p className="mt-4 flex flex-wrap gap-x-4 gap-y-1 text-ink-muted text-sm">
      <span className="wrap-anywhere">{slug}</span>
      {createdOn && (
        <span>{fill(words.since, { date: <Instant at={new Date(createdOn)} as="date" /> })}</span>
      )}
      <a className="link" href={bitbucketPages().workspace(slug)} target="_blank" rel="noreferrer">
        {shared.openAtBitbucket}
      </a>
    </p>
  )
}
