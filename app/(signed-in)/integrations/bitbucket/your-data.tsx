import Link from "next/link"
import { Card } from "@/components/card"

/** A form, not a link: another site could follow a link, and a browser could fetch it ahead. */
export function YourData() {
  return (
    <Card id="your-data" title="Your data">
      <div className="choice">
        <p>
          Your profile, connection, sessions and activity in one JSON file, without the keys to your Bitbucket
          account.{" "}
          <Link href="/privacy" className="link">
            What this site keeps, and how long
          </Link>
        </p>
        <form method="post" action="/api/personal-data">
          <button type="submit" className="button">
            Download my data
          </button>
        </form>
      </div>
    </Card>
  )
}
