import type { Account } from "auth-bitbucket/client"
import { confirmedPrimaryEmail } from "auth-bitbucket/client"
import type { ReactNode } from "react"
import { accountName, isFormerUser } from "@/components/account-name"
import { Avatar } from "@/components/avatar"
import { Badge } from "@/components/badge"
import { Card } from "@/components/card"
import { Fact, Facts } from "@/components/facts"
import { Instant } from "@/components/instant"
import { ScopeList } from "@/components/scope-list"
import type { Connection } from "@/lib/accounts/connection"
import type { ProfileReading } from "@/lib/accounts/profile-snapshots"
import { bitbucketPages } from "@/lib/bitbucket/urls"
import { DeveloperDetails } from "./developer-details"
import { EmailAddresses } from "./email-addresses"
import { Freshness } from "./freshness"
import { words } from "./words"

type Props = {
  connection: Pick<Connection, "kind" | "scopes" | "expiresAt">
  reading: Pick<ProfileReading, "profile" | "readAt" | "failure">
  /** How current it is, if that is not known yet. */
  freshness?: ReactNode
  /** Whether to send the part for developers. Most users never open it, so the page sends it only on request. */
  showsDetails: boolean
}

export function ProfileView({ connection, reading, freshness, showsDetails }: Props) {
  const { profile } = reading
  const { account, emails } = profile
  return (
    <div className="page">
      <Heading account={account} email={confirmedPrimaryEmail(emails)} />
      {freshness ?? <Freshness {...reading} />}
      <Card id="emails" title={words.emails}>
        <EmailAddresses emails={emails} />
      </Card>
      <Card id="account" title={words.account} aside={<AccountLink account={account} />}>
        <AccountFacts account={account} />
      </Card>
      <Card id="allowed" title={words.allowed}>
        <ScopeList scopes={connection.scopes} />
      </Card>
      {showsDetails ? (
        <Card id="developers" title={words.forDevelopers}>
          <DeveloperDetails connection={connection} profile={profile} />
        </Card>
      ) : (
        <p className="aside">
          <a href="/profile?show=developers#developers" className="link inline-block">
            {words.showDetails}
          </a>
        </p>
      )}
    </div>
  )
}

function Heading({ account, email }: { account: Account; email: string | null }) {
  return (
    <div className="identity">
      <Avatar account={account} size="large" />
      <div>
        <h1>{accountName(account)}</h1>
        {email ? (
          <p>
            {email} <Badge tone="positive">{words.confirmed}</Badge>
          </p>
        ) : (
          <p>{isFormerUser(account) ? words.erased : words.noConfirmedEmail}</p>
        )}
      </div>
    </div>
  )
}

function AccountLink({ account }: { account: Account }) {
  return (
    <a className="link" href={bitbucketPages().account(account)} target="_blank" rel="noreferrer">
      {words.openAtBitbucket}
    </a>
  )
}

function AccountFacts({ account }: { account: Account }) {
  return (
    <Facts>
      <Fact name={words.nickname}>{account.nickname}</Fact>
      <Fact name={words.username}>{account.username}</Fact>
      <Fact name={words.location}>{account.location}</Fact>
      <Fact name={words.memberSince}>
        {account.createdOn && <Instant at={new Date(account.createdOn)} as="date" />}
      </Fact>
      {account.accountStatus && !isActive(account.accountStatus) && (
        <Fact name={words.accountStatus}>
          <Badge tone="caution">{account.accountStatus}</Badge>
        </Fact>
      )}
    </Facts>
  )
}

/** Bitbucket documents only this value. The page shows any other unchanged. */
function isActive(status: string): boolean {
  return status.toLowerCase() === "active"
}
