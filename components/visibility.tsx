import { Badge } from "./badge"

/** Who may see something at Bitbucket. */
export function Visibility({ isPrivate }: { isPrivate: boolean }) {
  return <Badge tone="neutral">{isPrivate ? "Private" : "Public"}</Badge>
}
