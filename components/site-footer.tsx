import type { ReactNode } from "react"

/** The line below every page. `children` is what can be chosen there. */
export function SiteFooter({ children }: { children: ReactNode }) {
  return (
    <footer className="mt-16 border-line border-t">
      <div className="mx-auto flex max-w-5xl flex-wrap items-center justify-between gap-x-8 gap-y-4 px-4 py-6 text-ink-muted text-xs sm:px-6">
        <p>
          <a href="/privacy" className="link">
            What this site keeps
          </a>{" "}
          · Not affiliated with Atlassian. Bitbucket is a trademark of Atlassian.
        </p>
        {children}
      </div>
    </footer>
  )
}
