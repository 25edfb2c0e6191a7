import { Notice } from "@/components/notice"
import { boxOfScope } from "@/components/scope-words"
import { SignInButton } from "@/components/sign-in-button"
import { environment } from "@/lib/env"

/** What this app may not see, which box allows it, and where that box is at Bitbucket. */
export function MissingScope({ scopes, path }: { scopes: readonly string[]; path: string }) {
  const title = scopes.includes("repository")
    ? "This app may not see your repositories."
    : "This app may not see this."
  return (
    <Notice tone="caution" title={title}>
      <p>
        Nothing is wrong with your account: the owner of this site has not asked Bitbucket for it, or you
        signed in before they did.
      </p>
      <details open id="developers" className="mt-3">
        <summary className="font-medium">For the owner of this site</summary>
        <WhichBox scopes={scopes} />
      </details>
      <div className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        <SignInButton next={path} label="Reconnect" look="secondary" />
        <p className="text-ink-muted">once that is done; you come back to this page.</p>
      </div>
    </Notice>
  )
}

function WhichBox({ scopes }: { scopes: readonly string[] }) {
  const { NODE_ENV, BITBUCKET_SCOPES } = environment()
  const isAskedFor = scopes.every((scope) => BITBUCKET_SCOPES.includes(scope))
  const boxes = <strong className="font-semibold">{scopes.map(boxOfScope).join(" and ")}</strong>
  const names = <code className="font-mono">{scopes.join(" ")}</code>
  return (
    <p className="mt-1">
      In Bitbucket, open the settings of the workspace that this app is registered in. Under OAuth consumers,
      edit this app and tick {boxes}; in the newer screens that is OAuth clients, tab Scopes, {names}.
      {!isAskedFor && " Then have this site ask for it as well"}
      {!isAskedFor && NODE_ENV === "development" && (
        <>
          , in <code className="font-mono">BITBUCKET_SCOPES</code>
        </>
      )}
      {!isAskedFor && "."}
    </p>
  )
}
