import { Badge } from "./badge"

/** Who may see something at Bitbucket. Public things stand out. */
export function Visibility({ isPrivate }: { isPrivate: boolean }) {
  return <Badge tone={isPrivate ? "neutral" : "caution"}>{isPrivate ? "Private" : "Public"}</Badge>
}
