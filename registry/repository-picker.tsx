"use client"

import { useId, useState } from "react"

/** What `Repository` of auth-bitbucket/client has of it. */
type Repository = {
  workspace: string
  slug: string
  name: string
  description: string | null
  isPrivate: boolean | null
}

type Props = {
  repositories: readonly Repository[]
  /** Of the form field, whose value is `workspace/slug`. */
  fieldName?: string
}

/** Shows so many at a time; a word more finds the others. */
const MOST_SHOWN = 50

export function RepositoryPicker({ repositories, fieldName = "repository" }: Props) {
  const [words, setWords] = useState("")
  const [chosen, setChosen] = useState("")
  const labelId = useId()
  const found = repositories.filter((repository) => holds(repository, words))
  return (
    <div className="rounded-xl border bg-card p-4 text-card-foreground">
      <label className="block font-medium text-sm">
        <span id={labelId}>Repository</span>
        <input
          type="search"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          placeholder="Filter by name"
          className="mt-2 block h-10 w-full rounded-md border bg-background px-3 text-sm focus-visible:outline-2 focus-visible:outline-ring"
        />
      </label>
      {/* The choice stays in the form, whatever the filter shows. */}
      <input type="hidden" name={fieldName} value={chosen} />
      <div role="radiogroup" aria-labelledby={labelId} className="mt-3 max-h-80 divide-y overflow-y-auto">
        {found.slice(0, MOST_SHOWN).map((repository) => {
          const value = `${repository.workspace}/${repository.slug}`
          return (
            <label key={value} className="flex cursor-pointer items-start gap-3 py-3 text-sm">
              <input
                type="radio"
                name={labelId}
                checked={chosen === value}
                onChange={() => setChosen(value)}
                className="mt-1 accent-primary"
              />
              <span className="min-w-0 flex-1 break-words">
                <span className="font-medium">{value}</span>
                {repository.isPrivate && <span className="ml-2 text-muted-foreground">Private</span>}
                {repository.description && (
                  <span className="block text-muted-foreground">{repository.description}</span>
                )}
              </span>
            </label>
          )
        })}
      </div>
      <p role="status" className="mt-3 text-muted-foreground text-sm">
        {found.length > MOST_SHOWN
          ? `${MOST_SHOWN} of ${found.length} repositories`
          : `${found.length} ${found.length === 1 ? "repository" : "repositories"}`}
      </p>
    </div>
  )
}

function holds({ workspace, slug, name }: Repository, words: string): boolean {
  const text = `${workspace}/${slug} ${name}`.toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
