import { Badge } from "./badge"
import { describeScope } from "./scope-words"

type Props = {
  scopes: readonly string[]
  /** Asked for, and not given. */
  missing?: readonly string[]
}

/** What Bitbucket lets this app see, in plain words. */
export function ScopeList({ scopes, missing = [] }: Props) {
  return (
    <ul className="space-y-4">
      {scopes.map((scope) => (
        <Scope key={scope} scope={scope} isGranted />
      ))}
      {missing.map((scope) => (
        <Scope key={scope} scope={scope} isGranted={false} />
      ))}
    </ul>
  )
}

function Scope({ scope, isGranted }: { scope: string; isGranted: boolean }) {
  const { title, detail } = describeScope(scope)
  return (
    <li className="flex gap-3">
      <ScopeIcon isGranted={isGranted} />
      <div className="text-sm">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
          {title}
          {!isGranted && <Badge tone="caution">Not allowed</Badge>}
        </p>
        <p className="mt-0.5 text-ink-muted">{detail}</p>
      </div>
    </li>
  )
}

function ScopeIcon({ isGranted }: { isGranted: boolean }) {
  return (
    <svg
      viewBox="0 0 20 20"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      className={`mt-0.5 size-5 shrink-0 ${isGranted ? "text-accent" : "text-caution"}`}
    >
      <path d={isGranted ? "m5 10.5 3.5 3.5L15.5 7" : "M6.5 6.5l7 7m0-7-7 7"} />
    </svg>
  )
}
