"use client"

import type { Route } from "next"
import { useRouter } from "next/navigation"
import { type ChangeEvent, useEffect, useRef, useTransition } from "react"

const PAUSE_MS = 300

/**
 * Finds a repository in all workspaces: as one types where a script runs, else when the form is sent. What was found is the
 * page's own, at an address that can be kept.
 */
export function RepositoryFinder({ search, maxLength }: { search: string; maxLength: number }) {
  const { replace } = useRouter()
  const [isPending, startTransition] = useTransition()
  const timer = useRef<number>(undefined)
  useEffect(() => () => window.clearTimeout(timer.current), [])

  function searchSoon({ target }: ChangeEvent<HTMLInputElement>) {
    window.clearTimeout(timer.current)
    timer.current = window.setTimeout(() => {
      const words = target.value.trim()
      const path = words ? `/workspaces?q=${encodeURIComponent(words)}` : "/workspaces"
      startTransition(() => replace(path as Route))
    }, PAUSE_MS)
  }

  return (
    <search>
      <form action="/workspaces" className="finder">
        <label>
          <span>Find a repository in all your workspaces</span>
          <input
            type="search"
            name="q"
            defaultValue={search}
            maxLength={maxLength}
            autoComplete="off"
            spellCheck={false}
            className="field"
            onChange={searchSoon}
          />
        </label>
        <button type="submit" className="button">
          {isPending ? "Searching …" : "Search"}
        </button>
      </form>
    </search>
  )
}
