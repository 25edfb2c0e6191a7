import { FoldedCard } from "@/components/folded-card"
import { screens } from "@/lib/doctor/bitbucket-screens"

/** What to click in Bitbucket, which has two names for it on its screens. */
export function Screens() {
  return (
    <FoldedCard title="Where to click in Bitbucket">
      <ol className="rows">
        {screens.map(({ toDo, older, newer }) => (
          <li key={toDo} className="in-three">
            <p className="font-medium">{toDo}</p>
            <p>
              <span className="label">Older screens</span>
              {older}
            </p>
            <p>
              <span className="label">Newer screens</span>
              {newer ?? <span className="muted">Not described in public yet</span>}
            </p>
          </li>
        ))}
      </ol>
      <p className="after-rows">
        Any workspace will do; in a shared one, your colleagues can look after the client too. “This is a
        private consumer” is for another kind of client; signing in seems to work either way.
      </p>
    </FoldedCard>
  )
}
