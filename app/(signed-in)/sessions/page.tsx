import type { Metadata } from "next"
import Link from "next/link"
import { redirect } from "next/navigation"
import { z } from "zod"
import { LocalTimes } from "@/app/local-times"
import { Card } from "@/components/card"
import { fill } from "@/components/fill"
import { Notice } from "@/components/notice"
import { Outcome } from "@/components/outcome"
import { PageLinks } from "@/components/page-links"
import { SubmitButton } from "@/components/submit-button"
import { inDays } from "@/components/time-text"
import { activities } from "@/lib/accounts/activity"
import { environment } from "@/lib/env"
import { requireSession } from "@/lib/sessions/current-session"
import { orErrorPage } from "@/lib/sessions/error-page"
import { sessions } from "@/lib/sessions/sessions"
import { signedOutBrowsers } from "../signed-out-browsers"
import { endAllOtherSessions } from "./actions"
import { SessionItem } from "./session-item"
import { words } from "./words"

export const metadata: Metadata = { title: words.title }

const PAGE_SIZE = 25

const pageNumber = z.coerce.number().int().min(1).max(9_999).catch(1)

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function SessionsPage({ searchParams }: Props) {
  const { page, ended } = await searchParams
  const { SESSION_IDLE_DAYS, SESSION_ABSOLUTE_DAYS } = environment()
  const number = pageNumber.parse(page)
  const path = pathOf(number)
  const { connection, reference } = await requireSession(path)
  const range = { limit: PAGE_SIZE + 1, offset: (number - 1) * PAGE_SIZE, first: reference }
  const found = await orErrorPage(path, sessions().list(connection.id, range))
  if (found.length === 0 && number > 1) redirect("/sessions")
  const shown = found.slice(0, PAGE_SIZE)
  const own = shown.find((session) => session.reference === reference)
  const hasNext = found.length > PAGE_SIZE
  const hasOthers = number > 1 || shown.length > 1
  return (
    <div className="page">
      <LocalTimes />
      <h1>{words.title}</h1>
      <p className="aside">
        {fill(words.lead(inDays(SESSION_IDLE_DAYS), inDays(SESSION_ABSOLUTE_DAYS)), {
          link: (
            <Link href="/activity" className="link">
              {words.activity}
            </Link>
          ),
        })}
      </p>
      {ended !== undefined && <Ended account={connection.account} path={path} />}
      <Card id="sessions" title={words.where}>
        <ul className="rows">
          {shown.map((session) => (
            <SessionItem
              key={session.reference}
              session={session}
              isThisBrowser={session === own}
              isNew={own !== undefined && session.createdAt > own.createdAt}
            />
          ))}
        </ul>
        {(number > 1 || hasNext) && (
          <PageLinks
            page={{ number, hasNext, total: null, isCutShort: false }}
            noun={words.noun}
            pathOf={pathOf}
          />
        )}
        {hasOthers && (
          <div className="after-rows choice">
            <p>{words.staysSignedIn}</p>
            <form action={endAllOtherSessions}>
              <SubmitButton pending={words.signingOut}>{words.signOutOthers}</SubmitButton>
            </form>
          </div>
        )}
      </Card>
      <LastBrowser staysConnected={connection.staysConnected} />
    </div>
  )
}

/** What signing out does to the connection. */
function LastBrowser({ staysConnected }: { staysConnected: boolean }) {
  const [sentence, label] = staysConnected
    ? [words.staysConnected, words.connection]
    : [words.lastBrowser, words.stayConnected]
  return (
    <p className="aside">
      {fill(sentence, {
        link: (
          <Link href="/integrations/bitbucket" className="link">
            {label}
          </Link>
        ),
      })}
    </p>
  )
}

const SAID_FOR_MS = 60_000

/** The result of signing other browsers out. The address only asks for it; the text comes from the person's activity. */
async function Ended({ account, path }: { account: string; path: string }) {
  const [last] = await orErrorPage(path, activities().list(account, 1))
  if (last?.kind !== "session_ended" || Date.now() - last.at.getTime() > SAID_FOR_MS) return null
  return (
    <Outcome key={last.id}>
      <Notice tone="positive" title={words.signedOutOf(signedOutBrowsers(last.detail))} />
    </Outcome>
  )
}

function pathOf(number: number): "/sessions" | `/sessions?page=${number}` {
  return number === 1 ? "/sessions" : `/sessions?page=${number}`
}
