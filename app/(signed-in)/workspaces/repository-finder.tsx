"use client"

import type { Route } from "next"
import { useRouter } from "next/navigation"
import { RepositoryPicker } from "@/registry/repository-picker"

type Props = {
  /** The current search, if there is one. */
  searched: string
  maxLength: number
  labels: { find: string; search: string }
}

/** Picks a repository of any workspace: while the user types, or without a script from the list that the form leads to. */
export function RepositoryFinder({ searched, maxLength, labels }: Props) {
  const { push } = useRouter()
  return (
    <search>
      <form action="/workspaces" className="finder">
        <div>
          <RepositoryPicker
            search={search}
            onPick={({ workspace, slug }) => {
              const query = new URLSearchParams({ repository: `${workspace}/${slug}` })
              push(`/workspaces?${query}` as Route, { scroll: false })
            }}
            label={labels.find}
            initialWords={searched}
            maxLength={maxLength}
          />
        </div>
        <button type="submit" className="button">
          {labels.search}
        </button>
      </form>
    </search>
  )
}

async function search(words: string, signal: AbortSignal) {
  const response = await fetch(`/api/repositories?${new URLSearchParams({ q: words })}`, { signal })
  return response.json()
}
