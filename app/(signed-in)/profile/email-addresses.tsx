import { confirmedPrimaryEmail, type Email } from "auth-bitbucket/client"
import { Badge } from "@/components/badge"

/** All addresses, which are primary or confirmed, and if none counts as the person's, why. */
export function EmailAddresses({ emails }: { emails: Email[] | null }) {
  if (!emails)
    return <Missing>Bitbucket does not let this app see your addresses, so it knows none of them.</Missing>
  if (emails.length === 0) return <Missing>Your Bitbucket account has no email address.</Missing>
  return (
    <>
      <ul className="rows">
        {emails.map((email, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list, in which an unreadable address has no other name
          <li key={place}>
            <span>{email.address ?? "An address that this app cannot read"}</span>
            {email.address !== null && <Marks email={email} />}
          </li>
        ))}
      </ul>
      {!confirmedPrimaryEmail(emails) && (
        <p className="after-rows">
          This app takes an address for yours when Bitbucket says that it is both primary and confirmed. It
          says so of none of these.
        </p>
      )}
    </>
  )
}

function Marks({ email }: { email: Email }) {
  return (
    <>
      {email.isPrimary && <Badge tone="neutral">Primary</Badge>}
      <Badge tone={email.isConfirmed ? "positive" : "caution"}>
        {email.isConfirmed ? "Confirmed" : "Not confirmed"}
      </Badge>
    </>
  )
}

function Missing({ children }: { children: string }) {
  return <p className="aside">{children}</p>
}
