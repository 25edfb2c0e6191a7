import { Card } from "@/components/card"
import { screens } from "@/lib/doctor/bitbucket-screens"

/** What to click in Bitbucket, under both names that its screens have for it. */
export function Screens() {
  return (
    <Card id="screens" title="Where to click in Bitbucket">
      <ol className="-my-3 divide-y divide-line text-sm">
        {screens.map(({ toDo, older, newer }) => (
          <li key={toDo} className="grid gap-x-6 gap-y-1.5 py-3 md:grid-cols-3">
            <p className="font-medium">{toDo}</p>
            <p>
              <span className="block text-ink-muted text-xs">Older screens</span>
              {older}
            </p>
            <p>
              <span className="block text-ink-muted text-xs">Newer screens</span>
              {newer ?? <span className="text-ink-muted">Not described in public yet</span>}
            </p>
          </li>
        ))}
      </ol>
      <p className="mt-6 max-w-3xl text-ink-muted text-sm">
        Any workspace will do; in a shared one, your colleagues can look after the client too. “This is a
        private consumer” is for another kind of client; signing in seems to work either way.
      </p>
    </Card>
  )
}
