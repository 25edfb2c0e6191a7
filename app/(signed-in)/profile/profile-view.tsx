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
import type { Connection } from "@/lib/connections/connection-store"
import type { ProfileReading } from "@/lib/connections/current-profile"
import { bitbucketPages } from "@/lib/server/bitbucket-urls"
import { DeveloperDetails } from "./developer-details"
import { EmailAddresses } from "./email-addresses"
import { StandingLine } from "./standing-line"

type Props = {
  connection: Pick<Connection, "kind" | "scopes" | "expiresAt">
  reading: Pick<ProfileReading, "profile" | "readAt" | "standing">
  /** How far it can be relied on, where that is not known yet. */
  standing?: ReactNode
}

export function ProfileView({ connection, reading, standing }: Props) {
  const { profile } = reading
  const { account, emails } = profile
  return (
    <div className="space-y-6">
      <Heading account={account} email={confirmedPrimaryEmail(emails)} />
      {standing ?? <StandingLine {...reading} />}
      <Card id="emails" title="Email addresses">
        <EmailAddresses emails={emails} />
      </Card>
      <Card id="account" title="Account" aside={<AccountLink account={account} />}>
        <AccountFacts account={account} />
      </Card>
      <Card id="allowed" title="What this app may do">
        <ScopeList scopes={connection.scopes} />
      </Card>
      <Card id="developers" title="For developers">
        <DeveloperDetails connection={connection} profile={profile} />
      </Card>
    </div>
  )
}

function Heading({ account, email }: { account: Account; email: string | null }) {
  return (
    <div className="flex items-center gap-4 sm:gap-6">
      <Avatar account={account} size="large" />
      <div className="min-w-0">
        <h1 className="wrap-anywhere font-semibold text-xl sm:text-2xl">{accountName(account)}</h1>
        {email ? (
          <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-ink-muted">
            <span className="min-w-0 wrap-anywhere">{email}</span>
            <Badge tone="positive">Confirmed</Badge>
          </p>
        ) : (
          <p className="mt-1 text-ink-muted">
            {isFormerUser(account) ? "This Bitbucket account has been erased" : "No confirmed email address"}
          </p>
        )}
      </div>
    </div>
  )
}

function AccountLink({ account }: { account: Account }) {
  return (
    <a className="link text-sm" href={bitbucketPages().account(account)} target="_blank" rel="noreferrer">
      Open at Bitbucket
    </a>
  )
}

function AccountFacts({ account }: { account: Account }) {
  return (
    <Facts>
      <Fact name="Display name">{account.displayName}</Fact>
      <Fact name="Nickname">{account.nickname}</Fact>
      <Fact name="User name">{account.username}</Fact>
      <Fact name="Location">{account.location}</Fact>
      <Fact name="Member since">
        {account.createdOn && <Instant at={new Date(account.createdOn)} as="date" />}
      </Fact>
      <Fact name="Account status">{account.accountStatus && <Status status={account.accountStatus} />}</Fact>
    </Facts>
  )
}

/** Bitbucket documents `active` only; any other word is shown as it came. */
function Status({ status }: { status: string }) {
  const isActive = status.toLowerCase() === "active"
  return (
    <Badge tone={isActive ? "positive" : "caution"}>
      <span className="capitalize">{status}</span>
    </Badge>
  )
}
