import type { Account } from "auth-bitbucket/client"

type Named = Pick<Account, "displayName" | "nickname" | "username">

/** Bitbucket's name for users whose account was erased. */
const FORMER_USER = "Former user"

export function isFormerUser({ displayName }: Named): boolean {
  return displayName === FORMER_USER
}

/** The name to show for a user. Bitbucket requires none of the three. */
export function accountName({ displayName, nickname, username }: Named): string {
  return displayName ?? nickname ?? username ?? "Bitbucket account"
}

/** One or two letters to show instead of a picture; null if there is no name. */
export function initialsOf(account: Named): string | null {
  const name = account.displayName ?? account.nickname ?? account.username
  if (!name || isFormerUser(account)) return null
  const words = name.split(/[\s._-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word))
  const letters = [words.at(0), words.length > 1 ? words.at(-1) : undefined]
    .map((word) => word?.match(/[\p{L}\p{N}]/u)?.[0] ?? "")
    .join("")
  return letters.toLocaleUpperCase("en") || null
}
