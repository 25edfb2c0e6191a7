import type { Metadata } from "next"
import type { ReactNode } from "react"
import { buttonStyle } from "@/components/button-style"
import { ScopeList } from "@/components/scope-list"
import { SignInButton } from "@/components/sign-in-button"
import { environment } from "@/lib/env"
import { DEFAULT_RETURN_PATH } from "@/lib/return-path"
import { findSession } from "@/lib/sessions/current-session"
import { limitTo } from "@/lib/sessions/limited-request"
import { Hops } from "./hops"

export const metadata: Metadata = {
  openGraph: {
    title: "Sign in with Bitbucket",
    type: "website",
    images: [{ url: "/opengraph.png", width: 1200, height: 630, alt: "Sign in with Bitbucket" }],
  },
  twitter: { card: "summary_large_image" },
}

export default async function LandingPage() {
  await limitTo("page")
  const session = await findSession()
  return (
    <>
      <div className="grid items-center gap-x-12 gap-y-12 py-14 sm:py-20 lg:grid-cols-[1fr_1.05fr]">
        <section>
          <h1 className="font-semibold text-display">
            <span className="block">Sign in once.</span> <span className="block">Stay connected.</span>
          </h1>
          <p className="mt-5 text-ink-muted text-lg">
            Use the Bitbucket account you already have. See who you are signed in as and what you allowed, and
            take it back when you want.
          </p>
          <div className="mt-8">
            {session ? (
              <a href={DEFAULT_RETURN_PATH} className={buttonStyle("primary", "large")}>
                Go to your profile
              </a>
            ) : (
              <SignInButton next={DEFAULT_RETURN_PATH} reason="signin" />
            )}
          </div>
        </section>
        <Hops />
      </div>
      <Part id="asked" title="What is asked for, and why">
        <div className="grid gap-x-12 gap-y-8 md:grid-cols-2">
          <ScopeList scopes={environment().BITBUCKET_SCOPES} />
          <Promises />
        </div>
      </Part>
      <Part id="developers" title="For developers">
        <ForDevelopers />
      </Part>
    </>
  )
}

function Part({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id} className="border-line border-t py-12">
      <h2 id={id} className="mb-7 font-semibold text-xl">
        {title}
      </h2>
      {children}
    </section>
  )
}

const promises = [
  "This app greets you by your name and shows you which account is in use. It asks for nothing that it does not show you.",
  "Your password is typed at Bitbucket and never passes through here.",
  "Signing out ends the session on the server at once. Disconnecting deletes everything that Bitbucket gave this app.",
]

function Promises() {
  return (
    <ul className="space-y-4 text-ink-muted text-sm">
      {promises.map((promise) => (
        <li key={promise} className="border-line-strong border-l-2 pl-4">
          {promise}
        </li>
      ))}
    </ul>
  )
}

function ForDevelopers() {
  const { SOURCE_URL } = environment()
  return (
    <div className="grid items-start gap-x-12 gap-y-6 md:grid-cols-2">
      <div className="space-y-4 text-ink-muted text-sm">
        <p>
          Next.js App Router and Auth.js with a Bitbucket provider that sends <Code>state</Code>, reads the
          confirmed email address, and renews the two-hour access token once per expiry, however many tabs,
          requests and servers ask. Tokens are sealed in Postgres and never live in a cookie.
        </p>
        <p>
          The whole flow runs on one machine, without credentials and without internet, against an emulator
          that behaves as Bitbucket does.
        </p>
        {SOURCE_URL && (
          <p>
            <a className="link" href={SOURCE_URL} rel="noreferrer">
              Read the source
            </a>
          </p>
        )}
        {environment().hasSetupPage && (
          <p>
            <a href="/setup" className="link">
              Check this setup
            </a>
            : each variable, the callback URL, Bitbucket and the database.
          </p>
        )}
      </div>
      <pre className="overflow-x-auto rounded-md border border-line bg-sunken px-4 py-3 font-mono text-sm">
        <code>{"npm ci\nnpm run demo"}</code>
      </pre>
    </div>
  )
}

function Code({ children }: { children: ReactNode }) {
  return <code className="font-mono text-[0.9em] text-ink">{children}</code>
}
