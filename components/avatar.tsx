import type { Account } from "auth-bitbucket/client"
import { initialsOf } from "./account-name"

type Props = {
  account: Pick<Account, "displayName" | "nickname" | "username" | "avatarUrl">
  size?: "small" | "large"
}

/**
 * The user's picture, on top of their initials. If the picture does not load, the initials are visible, even without a
 * script, because its alternative text is empty. The name is always next to it.
 */
export function Avatar({ account, size }: Props) {
  return (
    <span aria-hidden="true" className="avatar" data-size={size}>
      {initialsOf(account) ?? <NoNameIcon />}
      {account.avatarUrl && (
        // biome-ignore lint/performance/noImgElement: next/image writes a style attribute, which the Content Security Policy forbids.
        <img src={account.avatarUrl} alt="" referrerPolicy="no-referrer" loading="lazy" />
      )}
    </span>
  )
}

function NoNameIcon() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" fill="currentColor" className="size-3/5">
      <circle cx="12" cy="8" r="4" />
      <path d="M4 21a8 8 0 0 1 16 0z" />
    </svg>
  )
}
