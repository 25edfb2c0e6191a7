import { Badge } from "./badge"
import { describeScope } from "./scope-words"
import { words } from "./words"

type Props = {
  scopes: readonly string[]
  /** Scopes that the app asked for and did not get. */
  missing?: readonly string[]
}

/** What Bitbucket lets this app see, in plain words. */
export function ScopeList({ scopes, missing = [] }: Props) {
  return (
    <ul className="scopes">
      {scopes.map((scope) => (
        <Scope key={scope} scope={scope} />
      ))}
      {missing.map((scope) => (
        <Scope key={scope} scope={scope} isMissing />
      ))}
    </ul>
  )
}

function Scope({ scope, isMissing = false }: { scope: string; isMissing?: boolean }) {
  const { title, detail } = describeScope(scope)
  return (
    <li {...(isMissing && { "data-missing": true })}>
      <strong>{title}</strong>
      {isMissing && <Badge tone="caution">{words.notAllowed}</Badge>}
      <p>{detail}</p>
    </li>
  )
}
