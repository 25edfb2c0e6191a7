import type { Account } from "auth-bitbucket/client"
import { initialsOf } from "./account-name"

type Props = {
  account: Pick<Account, "displayName" | "nickname" | "username" | "avatarUrl">
  size?: "small" | "large"
}

/**
 * The person's picture upon their initials. A picture that does not load leaves nothing behind, since its
 * alternative text is empty, and so the initials show: no script has to notice. The name always stands beside it.
 */
export function Avatar({ account, size }: Props) {
  return (
    <span aria-hidden="true" className="avatar" data-size={size}>
      {initialsOf(account) ?? <NobodyIcon />}
      {account.avatarUrl && (
        // biome-ignore lint/performance/noImgElement: next/image writes a style attribute, which the Content Security Policy forbids.
        <img src={account.avatarUrl} alt="" referrerPolicy="no-referrer" loading="lazy" />
      )}
    </span>
  )
}

function NobodyIcon() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" fill="currentColor" className="size-3/5">
      <circle cx="12" cy="8" r="4" />
      <path d="M4 21a8 8 0 0 1 16 0z" />
    </svg>
  )
}
