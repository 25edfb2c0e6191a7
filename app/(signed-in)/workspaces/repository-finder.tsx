"use client"

import type { Route } from "next"
import { useRouter } from "next/navigation"
import { RepositoryPicker } from "@/registry/repository-picker"

type Props = { words: string; maxLength: number }

/** Picks a repository of any workspace: as one types where a script runs, else from the list that the form leads to. */
export function RepositoryFinder({ words, maxLength }: Props) {
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
            label="Find a repository in all your workspaces"
            initialWords={words}
            maxLength={maxLength}
          />
        </div>
        <button type="submit" className="button">
          Search
        </button>
      </form>
    </search>
  )
}

async function search(words: string, signal: AbortSignal) {
  const response = await fetch(`/api/repositories?${new URLSearchParams({ q: words })}`, { signal })
  return response.json()
}
