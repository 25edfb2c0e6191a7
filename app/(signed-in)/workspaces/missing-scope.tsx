import { fill } from "@/components/fill"
import { Notice } from "@/components/notice"
import { boxOfScope } from "@/components/scope-words"
import { SignInButton } from "@/components/sign-in-button"
import { environment } from "@/lib/env"
import { signInAgain } from "../words"
import { words } from "./words"

/** What this site may not see, and where the checkbox that would allow it is at Bitbucket. */
export function MissingScope({ scopes, path }: { scopes: readonly string[]; path: string }) {
  return (
    <Notice
      tone="caution"
      title={scopes.includes("repository") ? words.mayNotSeeRepositories : words.mayNotSee}
    >
      <p>{words.whyMissing}</p>
      <details open id="developers" className="mt-3">
        <summary className="font-medium">{words.forOwner}</summary>
        <WhichBox scopes={scopes} />
      </details>
      <div className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        <SignInButton next={path} label={signInAgain} look="secondary" />
        <p className="text-ink-muted">{words.onceDone}</p>
      </div>
    </Notice>
  )
}

function WhichBox({ scopes }: { scopes: readonly string[] }) {
  const { NODE_ENV, BITBUCKET_SCOPES } = environment()
  const isAskedFor = scopes.every((scope) => BITBUCKET_SCOPES.includes(scope))
  const variable = <code className="font-mono">{"BITBUCKET_SCOPES"}</code>
  return (
    <p className="mt-1">
      {fill(words.whichBox, {
        boxes: <strong className="font-semibold">{scopes.map(boxOfScope).join(" and ")}</strong>,
        names: <code className="font-mono">{scopes.join(" ")}</code>,
      })}
      {!isAskedFor && (NODE_ENV === "development" ? fill(words.thenAskIn, { variable }) : words.thenAsk)}
    </p>
  )
}
