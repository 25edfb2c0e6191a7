import type { Metadata } from "next"
import { Card } from "@/components/card"
import { requireSession } from "@/lib/sessions/current-session"
import { fromRecords } from "@/lib/sessions/records"
import { sessions } from "@/lib/sessions/sessions"
import { EndAllOthers } from "./end-all-others"
import { SignedInBrowserItem } from "./signed-in-browser-item"

export const metadata: Metadata = { title: "Signed-in browsers" }

export default async function SessionsPage() {
  const { connection, reference } = await requireSession("/sessions")
  const browsers = await fromRecords("/sessions", sessions().list(connection.id))
  const others = browsers.filter((browser) => browser.reference !== reference)
  return (
    <div className="space-y-6">
      <h1 className="font-semibold text-xl sm:text-2xl">Signed-in browsers</h1>
      <Card id="browsers" title="Where you are signed in" aside={others.length > 0 && <EndAllOthers />}>
        <ul className="-my-5 divide-y divide-line">
          {browsers.map((browser) => (
            <SignedInBrowserItem
              key={browser.reference}
              browser={browser}
              isThisOne={browser.reference === reference}
            />
          ))}
        </ul>
      </Card>
      <p className="text-ink-muted text-sm">
        A browser that you do not know? End its session, and it has to sign in at Bitbucket again.
      </p>
    </div>
  )
}
