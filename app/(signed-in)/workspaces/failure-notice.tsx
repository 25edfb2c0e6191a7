import { BitbucketError } from "auth-bitbucket/client"
import { fill } from "@/components/fill"
import { Notice } from "@/components/notice"
import type { Failure } from "./bitbucket-reading"
import { failureText } from "./failure-text"
import { MissingScope } from "./missing-scope"
import { words } from "./words"

/** Why the page cannot show something from Bitbucket, and what to do. `path` is that of the page, to try again. */
export function FailureNotice({ failure, path }: { failure: Failure; path: string }) {
  if (failure instanceof BitbucketError && failure.code === "insufficient_scope")
    return <MissingScope scopes={failure.missingScopes} path={path} />
  const { title, explanation, retry } = failureText(failure)
  return (
    <Notice tone="caution" title={title}>
      <p>{explanation}</p>
      {retry && (
        <p className="mt-1">
          {fill(words.tryAgain, {
            link: (
              <a className="link" href={path}>
                {words.tryAgainLink}
              </a>
            ),
            when: retry,
          })}
        </p>
      )}
    </Notice>
  )
}
