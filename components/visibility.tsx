import { Badge } from "./badge"
import { words } from "./words"

/** Who may see something at Bitbucket. */
export function Visibility({ isPrivate }: { isPrivate: boolean }) {
  return <Badge tone="neutral">{isPrivate ? words.private : words.public}</Badge>
}
