import Link from "next/link"
import { Card } from "@/components/card"
import { fill } from "@/components/fill"
import { words } from "./words"

/** A form, not a link: another site could open a link, and a browser could prefetch it. */
export function YourData() {
  return (
    <Card id="your-data" title={words.yourData}>
      <div className="choice">
        <p>
          {fill(words.inOneFile, {
            link: (
              <Link href="/privacy" className="link">
                {words.whatIsKept}
              </Link>
            ),
          })}
        </p>
        <form method="post" action="/api/personal-data">
          <button type="submit" className="button">
            {words.download}
          </button>
        </form>
      </div>
    </Card>
  )
}
