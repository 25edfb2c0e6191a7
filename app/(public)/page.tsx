import type { Metadata } from "next"
import { ScopeList } from "@/components/scope-list"
import { SignInButton } from "@/components/sign-in-button"
import { environment } from "@/lib/env"
import { DEFAULT_RETURN_PATH } from "@/lib/return-path"
import { findSession } from "@/lib/sessions/current-session"
import { limitTo } from "@/lib/sessions/limited-request"
import { site } from "@/lib/site"
import { ForDevelopers } from "./for-developers"
import { words } from "./words"

export const metadata: Metadata = {
  openGraph: {
    title: site.name,
    type: "website",
    images: [{ url: site.openGraphPicture, width: 1200, height: 630, alt: site.name }],
  },
  twitter: { card: "summary_large_image" },
}

/** The landing page: one promise, one button, and what the app asks for. The part for developers is below. */
export default async function LandingPage() {
  await limitTo("page")
  const session = await findSession()
  const { SOURCE_URL, hasSetupPage, BITBUCKET_SCOPES } = environment()
  return (
    <>
      <div className="hero">
        <section>
          <h1>
            <span>{words.promise[0]}</span> <span>{words.promise[1]}</span>
          </h1>
          <p>{words.lead}</p>
          {session ? (
            <a href={DEFAULT_RETURN_PATH} className="button primary large">
              {words.toProfile}
            </a>
          ) : (
            <SignInButton next={DEFAULT_RETURN_PATH} />
          )}
        </section>
        <section aria-labelledby="asked" className="card">
          <header>
            <h2 id="asked">{words.asked}</h2>
          </header>
          <ScopeList scopes={BITBUCKET_SCOPES} />
        </section>
      </div>
      <ul className="promises">
        {words.promises.map((promise) => (
          <li key={promise}>{promise}</li>
        ))}
      </ul>
      {(SOURCE_URL || hasSetupPage) && <ForDevelopers sourceUrl={SOURCE_URL} hasSetupPage={hasSetupPage} />}
    </>
  )
}
