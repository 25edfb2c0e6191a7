import Link from "next/link"
import { buttonStyle } from "@/components/button-style"
import { Card } from "@/components/card"

/** A form and no link: a link could be followed by another site, or fetched ahead. */
export function YourData() {
  return (
    <Card id="your-data" title="Your data">
      <p className="text-ink-muted text-sm">
        Your profile, connection, sessions and activity in one JSON file, without the keys to your Bitbucket
        account.{" "}
        <Link href="/privacy" className="link">
          What this site keeps, and how long
        </Link>
      </p>
      <form method="post" action="/api/personal-data" className="mt-4">
        <button type="submit" className={buttonStyle("secondary")}>
          Download my data
        </button>
      </form>
    </Card>
  )
}
