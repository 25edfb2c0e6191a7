import { confirmedPrimaryEmail, type Email } from "auth-bitbucket/client"
import { Badge } from "@/components/badge"
import { words } from "./words"

/** All addresses, which of them are primary or confirmed, and if this app uses none of them, why. */
export function EmailAddresses({ emails }: { emails: Email[] | null }) {
  if (!emails) return <p className="aside">{words.emailsHidden}</p>
  if (emails.length === 0) return <p className="aside">{words.noEmail}</p>
  return (
    <>
      <ul className="rows">
        {emails.map((email, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list, in which an unreadable address has no other name
          <li key={place}>
            <span>{email.address ?? words.unreadableEmail}</span>
            {email.address !== null && <Marks email={email} />}
          </li>
        ))}
      </ul>
      {!confirmedPrimaryEmail(emails) && <p className="after-rows">{words.noneCounts}</p>}
    </>
  )
}

function Marks({ email }: { email: Email }) {
  return (
    <>
      {email.isPrimary && <Badge tone="neutral">{words.primary}</Badge>}
      <Badge tone={email.isConfirmed ? "positive" : "caution"}>
        {email.isConfirmed ? words.confirmed : words.notConfirmed}
      </Badge>
    </>
  )
}
