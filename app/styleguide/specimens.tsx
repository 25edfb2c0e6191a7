import type { Account } from "auth-bitbucket/client"
import type { Route } from "next"
import type { ReactNode } from "react"
import { AccountBar } from "@/components/account-bar"
import { AccountNav } from "@/components/account-nav"
import { Avatar } from "@/components/avatar"
import { Badge } from "@/components/badge"
import { BuildNotice } from "@/components/build-notice"
import { Card } from "@/components/card"
import { CopyButton } from "@/components/copy-button"
import { Fact, Facts } from "@/components/facts"
import { FoldedCard } from "@/components/folded-card"
import { Icon } from "@/components/icon"
import { Day, Instant } from "@/components/instant"
import { Download, Laptop, LogIn, Smartphone } from "@/components/lucide"
import { MessagePage } from "@/components/message-page"
import { Notice } from "@/components/notice"
import { Outcome } from "@/components/outcome"
import { PageLinks } from "@/components/page-links"
import { ScopeList } from "@/components/scope-list"
import { SignInButton } from "@/components/sign-in-button"
import { SiteFooter } from "@/components/site-footer"
import { SiteHeader } from "@/components/site-header"
import { SubmitButton } from "@/components/submit-button"
import { ThemeChoice } from "@/components/theme-choice"
import { Visibility } from "@/components/visibility"
import { WithCode } from "@/components/with-code"

const person: Account = {
  uuid: "{00000000-0000-4000-8000-000000000001}",
  accountId: null,
  displayName: "Ada Lovelace",
  nickname: "ada",
  username: "ada",
  location: null,
  accountStatus: "active",
  createdOn: null,
  avatarUrl: null,
}

const picture = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><path fill="teal" d="M0 0h2v2z"/><path fill="gold" d="M0 0v2h2z"/></svg>')}`

const at = new Date("2026-03-09T12:00:00Z")

const places: [Route, string][] = [
  ["/styleguide" as Route, "Open page"],
  ["/profile", "Another page"],
  ["/sessions", "One more"],
]

type Actions = { signOut: () => Promise<void>; chooseTheme: (form: FormData) => Promise<void> }

/** Everything in `components/`, and every class of the style sheet that stands for a component, in every state. */
export function Specimens(actions: Actions) {
  return (
    <div className="page py-10">
      <h1>Styleguide</h1>
      <Frame {...actions} />
      <Buttons />
      <States />
      <Lists />
      <Cards />
      <Specimen name="Message">
        <MessagePage eyebrow="404" title="A page that says one thing" action={<SignInButton next="/" />}>
          <p>What happened, in a sentence or two.</p>
        </MessagePage>
      </Specimen>
    </div>
  )
}

/** The header and footer of every page. */
function Frame({ signOut, chooseTheme }: Actions) {
  return (
    <>
      <Specimen name="Header, navigation and footer">
        <BuildNotice />
        <SiteHeader>
          <AccountBar account={person} signOut={signOut} />
        </SiteHeader>
        <AccountNav label="Your account" places={places} />
        <SiteFooter>
          <ThemeChoice themes={["system", "light", "dark"]} chosen="light" choose={chooseTheme} />
        </SiteFooter>
      </Specimen>
      <Specimen name="Picture of a person">
        <div className="page-links">
          <Avatar account={person} size="small" />
          <Avatar account={person} />
          <Avatar account={{ ...person, avatarUrl: picture }} />
          <Avatar account={{ ...person, displayName: null, nickname: null, username: null }} />
          <Avatar account={person} size="large" />
        </div>
      </Specimen>
    </>
  )
}

function Buttons() {
  return (
    <Specimen name="Buttons, links and fields">
      <div className="page-links">
        <SignInButton next="/" />
        <SignInButton next="/" look="primary" label="Primary" />
        <SignInButton next="/" look="secondary" label="Secondary" />
        <SubmitButton pending="Saving…">Save</SubmitButton>
        <button type="button" aria-disabled className="button">
          Saving…
        </button>
        <button type="button" className="button critical">
          Delete
        </button>
        <CopyButton value="value" what="the value" />
        <a href="/" className="link">
          Read the source
        </a>
      </div>
      <form className="finder mt-6">
        <label>
          <span>A field</span>
          <input className="field" defaultValue="with a value" />
        </label>
        <label>
          <span>Another</span>
          <input className="field" placeholder="without one" />
        </label>
        <button type="submit" className="button">
          Search
        </button>
      </form>
    </Specimen>
  )
}

function States() {
  return (
    <>
      <Specimen name="Badges">
        <div className="page-links">
          <Badge tone="neutral">Neutral</Badge>
          <Badge tone="positive">Positive</Badge>
          <Badge tone="caution">Caution</Badge>
          <Badge tone="critical">Critical</Badge>
          <Visibility isPrivate />
          <Visibility isPrivate={false} />
        </div>
      </Specimen>
      <Specimen name="Notices">
        <div className="stack">
          {(["positive", "caution", "critical"] as const).map((tone) => (
            <Outcome key={tone}>
              <Notice tone={tone} title={`A ${tone} notice`}>
                More about it, and <a href="/">what to do</a>.
              </Notice>
            </Outcome>
          ))}
          <Notice tone="positive" title="A title alone" />
        </div>
      </Specimen>
    </>
  )
}

function Lists() {
  return (
    <>
      <Specimen name="Things that happened">
        <ol className="timeline">
          <li>
            <Day at={at} after={undefined} />
            <div className="entry">
              <Icon of={LogIn} />
              <p>Signed in</p>
              <Instant at={at} as="clock" />
            </div>
          </li>
          <li>
            <Day at={at} after={at} />
            <div className="entry">
              <Icon of={Download} />
              <details>
                <summary>Something folded</summary>
                <p>What is in it</p>
              </details>
              <Instant at={at} as="clock" />
            </div>
          </li>
        </ol>
      </Specimen>
      <Specimen name="What is allowed">
        <ScopeList scopes={["account", "email"]} missing={["repository"]} />
      </Specimen>
      <Specimen name="Links to pages">
        <PageLinks
          page={{ number: 2, hasNext: true, total: 40, isCutShort: true }}
          noun={["thing", "things"]}
          pathOf={(page) => `/?page=${page}`}
        />
      </Specimen>
    </>
  )
}

function Cards() {
  return (
    <>
      <Specimen name="Card with rows">
        <Card
          id="rows"
          title="Rows"
          aside={
            <a href="/" className="link">
              Open on Bitbucket
            </a>
          }
        >
          <ul className="rows">
            <li className="entry">
              <Icon of={Laptop} />
              <div>
                <p>
                  <strong>A browser</strong>
                  <Badge tone="positive">This browser</Badge>
                </p>
                <p className="muted">More about it</p>
              </div>
            </li>
            <li className="entry">
              <Icon of={Smartphone} />
              <div>
                <p>
                  <strong>Another</strong>
                </p>
              </div>
              <form>
                <SubmitButton pending="Signing out…">Sign out</SubmitButton>
              </form>
            </li>
            <li>
              <span>An address</span>
              <Badge tone="neutral">Primary</Badge>
            </li>
          </ul>
          <p className="after-rows">After the rows</p>
        </Card>
      </Specimen>
      <Specimen name="Card with facts">
        <Card id="facts" title="Facts">
          <Facts>
            <Fact name="A date">
              <Instant at={at} as="date" />
            </Fact>
            <Fact name="A moment">
              <Instant at={at} as="instant" />
            </Fact>
            <Fact name="Code">
              <WithCode text="A sentence with `code` in it" />
            </Fact>
            <Fact name="Missing">{null}</Fact>
          </Facts>
          <pre className="mt-6">npm run dev</pre>
        </Card>
      </Specimen>
      <Specimen name="Folded card">
        <FoldedCard title="What most people do not read">
          <p>The rest</p>
        </FoldedCard>
      </Specimen>
      <Specimen name="What cannot be undone">
        <section className="card danger">
          <header>
            <h3>Danger zone</h3>
          </header>
          <div className="choice">
            <p>A sentence, and what can be done about it.</p>
            <button type="button" className="button">
              Delete…
            </button>
          </div>
        </section>
        <div className="question mt-6">
          <h3>Are you sure?</h3>
          <ul>
            <li>What will happen.</li>
          </ul>
          <div>
            <button type="button" className="button">
              Keep it
            </button>
            <button type="button" className="button critical">
              Delete now
            </button>
          </div>
        </div>
      </Specimen>
    </>
  )
}

function Specimen({ name, children }: { name: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="aside mb-3">{name}</h2>
      {children}
    </section>
  )
}
