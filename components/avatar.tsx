import type { Account } from "auth-bitbucket/client"
import { initialsOf } from "./account-name"

const sizes = {
  small: "size-8 text-xs",
  medium: "size-11 text-sm",
  large: "size-18 text-xl sm:size-20",
}

type Props = {
  account: Pick<Account, "displayName" | "nickname" | "username" | "avatarUrl">
  size: keyof typeof sizes
}

/**
 * The person's picture upon their initials. A picture that does not load leaves nothing behind, since its
 * alternative text is empty, and so the initials show: no script has to notice. The name always stands beside it.
 */
export function Avatar({ account, size }: Props) {
  const initials = initialsOf(account)
  return (
    <span
      aria-hidden="true"
      className={`relative inline-flex shrink-0 select-none items-center justify-center overflow-hidden rounded-full bg-accent-tint font-semibold text-accent ${sizes[size]}`}
    >
      {initials ?? <NobodyIcon />}
      {account.avatarUrl && (
        // biome-ignore lint/performance/noImgElement: next/image writes a style attribute, which the Content Security Policy forbids.
        <img
          src={account.avatarUrl}
          alt=""
          referrerPolicy="no-referrer"
          className="absolute inset-0 max-h-full min-h-full min-w-full max-w-full object-cover"
        />
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
