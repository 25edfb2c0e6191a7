import type { Metadata } from "next"
import { redirect } from "next/navigation"
import { z } from "zod"
import { buttonStyle } from "@/components/button-style"
import { Card } from "@/components/card"
import { PageLinks } from "@/components/page-links"
import { requireSession } from "@/lib/sessions/current-session"
import { orErrorPage } from "@/lib/sessions/error-page"
import { sessions } from "@/lib/sessions/sessions"
import { endAllOtherSessions } from "./actions"
import { SignedInBrowserItem } from "./signed-in-browser-item"

export const metadata: Metadata = { title: "Signed-in browsers" }

const PAGE_SIZE = 25

const pageNumber = z.coerce.number().int().min(1).max(9_999).catch(1)

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function SessionsPage({ searchParams }: Props) {
  const number = pageNumber.parse((await searchParams).page)
  const path = pathOf(number)
  const { connection, reference } = await requireSession(path)
  const offset = (number - 1) * PAGE_SIZE
  const found = await orErrorPage(path, sessions().list(connection.id, { limit: PAGE_SIZE + 1, offset }))
  if (found.length === 0 && number > 1) redirect("/sessions")
  const browsers = found.slice(0, PAGE_SIZE)
  const hasNext = found.length > PAGE_SIZE
  const hasOthers = number > 1 || browsers.some((browser) => browser.reference !== reference)
  return (
    <div className="space-y-6">
      <h1 className="font-semibold text-xl sm:text-2xl">Signed-in browsers</h1>
      <Card id="browsers" title="Where you are signed in" aside={hasOthers && <EndAllOthers />}>
        <ul className="-my-5 divide-y divide-line">
          {browsers.map((browser) => (
            <SignedInBrowserItem
              key={browser.reference}
              browser={browser}
              isThisOne={browser.reference === reference}
            />
          ))}
        </ul>
        {(number > 1 || hasNext) && (
          <PageLinks
            page={{ number, hasNext, total: null, isCutShort: false }}
            noun={["browser", "browsers"]}
            pathOf={pathOf}
          />
        )}
      </Card>
      <p className="text-ink-muted text-sm">Don’t recognise a browser? Sign it out.</p>
    </div>
  )
}

function EndAllOthers() {
  return (
    <form action={endAllOtherSessions}>
      <button type="submit" className={buttonStyle("secondary")}>
        End all others
      </button>
    </form>
  )
}

function pathOf(number: number): "/sessions" | `/sessions?page=${number}` {
  return number === 1 ? "/sessions" : `/sessions?page=${number}`
}
