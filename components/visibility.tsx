import { Badge } from "./badge"

/** Who may see something at Bitbucket. Being public is what one should notice. */
export function Visibility({ isPrivate }: { isPrivate: boolean }) {
  return <Badge tone={isPrivate ? "neutral" : "caution"}>{isPrivate ? "Private" : "Public"}</Badge>
}
