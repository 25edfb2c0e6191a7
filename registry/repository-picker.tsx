"use client"

import { useCombobox } from "downshift"
import { useEffect, useRef, useState } from "react"

/** What `Repository` of auth-bitbucket/client has of it. */
type Repository = {
  workspace: string
  slug: string
  name: string
  isPrivate: boolean | null
}

type Answer =
  /** `missing` has a sentence for each thing that the list lacks. */
  { repositories: readonly Repository[]; missing: readonly string[] } | { failure: string }

type Props = {
  /** Asks your server for the repositories with these words in their names. The same function at each render. */
  search: (words: string, signal: AbortSignal) => Promise<Answer>
  onPick?: (repository: Repository) => void
  label: string
  /** Of the form field with the words: without JavaScript, a form sends them. */
  wordsField?: string
  /** Of the form field with the picked one, `workspace/slug`. It is not there before one is picked. */
  pickedField?: string
  initialWords?: string
  maxLength?: number
}

/** Between the last letter and the search. */
const PAUSE_MS = 250

export function RepositoryPicker({
  search,
  onPick,
  label,
  wordsField = "q",
  pickedField = "repository",
  initialWords = "",
  maxLength = 100,
}: Props) {
  const field = useRef<HTMLInputElement>(null)
  const [last, setLast] = useState<{ words: string; answer: Answer }>()
  // What was found before stays until there is something newer.
  const found = last && "repositories" in last.answer ? last.answer.repositories : []
  const combobox = useCombobox<Repository>({
    items: [...found],
    itemToString: (repository) => repository?.name ?? "",
    itemToKey: (repository) => repository && fullNameOf(repository),
    initialInputValue: initialWords,
    onSelectedItemChange: ({ selectedItem }) => selectedItem && onPick?.(selectedItem),
    stateReducer(state, { type, changes }) {
      // Only a click or Enter picks, and what is picked is what the field shows.
      if (type === useCombobox.stateChangeTypes.InputBlur) return { ...state, isOpen: false }
      if (type === useCombobox.stateChangeTypes.InputChange) return { ...changes, selectedItem: null }
      return changes
    },
  })
  const { isOpen, selectedItem, highlightedIndex, setHighlightedIndex, setInputValue, openMenu } = combobox
  const { htmlFor, ...labelProps } = combobox.getLabelProps()
  const words = combobox.inputValue.trim()

  const isAnswered = last?.words === words
  const isFound = isAnswered && "repositories" in last.answer

  // Someone may have begun before this script ran.
  useEffect(() => {
    if (!field.current || document.activeElement !== field.current) return
    setInputValue(field.current.value)
    openMenu()
  }, [setInputValue, openMenu])

  useEffect(() => {
    if (!isOpen || isFound) return
    const ending = new AbortController()
    const timer = setTimeout(async () => {
      const answer = await search(words, ending.signal).catch((): Answer => unanswered)
      if (ending.signal.aborted) return
      setHighlightedIndex(-1)
      setLast({ words, answer })
    }, PAUSE_MS)
    return () => {
      clearTimeout(timer)
      ending.abort()
    }
  }, [isOpen, isFound, words, search, setHighlightedIndex])

  const closedWords = selectedItem ? `Picked ${fullNameOf(selectedItem)}.` : ""
  const openWords = isAnswered ? inWords(last.answer) : "Searching…"
  const said = isOpen ? openWords : closedWords
  return (
    <div className="relative">
      <label {...labelProps} htmlFor={htmlFor} className="mb-1 block text-muted-foreground text-sm">
        {label}
      </label>
      <input
        {...combobox.getInputProps({
          ref: field,
          "aria-expanded": isOpen && found.length > 0,
          onKeyDown(event) {
            // With nothing highlighted, Enter sends the form and Home and End move in the text, as in every field.
            const isOwn = event.key === "Home" || event.key === "End" || event.key === "Enter"
            if (isOwn && highlightedIndex < 0)
              Object.assign(event.nativeEvent, { preventDownshiftDefault: true })
          },
        })}
        name={wordsField}
        maxLength={maxLength}
        spellCheck={false}
        className="block h-10 w-full rounded-md border border-input bg-background px-3 text-base text-foreground focus-visible:outline-2 focus-visible:outline-ring sm:text-sm"
      />
      {selectedItem && <input type="hidden" name={pickedField} value={fullNameOf(selectedItem)} />}
      <p role="status" className="sr-only">
        {said}
      </p>
      <div
        hidden={!isOpen}
        className="absolute inset-x-0 z-10 mt-1 overflow-hidden rounded-md border border-border bg-popover text-popover-foreground shadow-md"
      >
        <ul
          {...combobox.getMenuProps()}
          hidden={found.length === 0}
          className="max-h-80 overflow-y-auto border-border border-b p-1"
        >
          {isOpen &&
            found.map((repository, index) => (
              <li
                key={fullNameOf(repository)}
                {...combobox.getItemProps({ item: repository, index })}
                className="flex cursor-pointer items-start gap-x-4 rounded-sm px-3 py-2 text-sm aria-selected:bg-muted aria-selected:outline-2 aria-selected:outline-ring aria-selected:-outline-offset-2"
              >
                <span className="min-w-0 flex-1 break-words">
                  <span className="block font-medium">{repository.name}</span>
                  <span className="block text-muted-foreground">{fullNameOf(repository)}</span>
                </span>
                {repository.isPrivate !== null && (
                  <span className="text-muted-foreground">{repository.isPrivate ? "Private" : "Public"}</span>
                )}
              </li>
            ))}
        </ul>
        {/* The status says the same to people who cannot see it. */}
        <p aria-hidden="true" className="px-4 py-2 text-muted-foreground text-sm">
          {said}
        </p>
      </div>
    </div>
  )
}

const unanswered: Answer = { failure: "The search did not work. Try again in a minute." }

function fullNameOf({ workspace, slug }: Repository): string {
  return `${workspace}/${slug}`
}

function inWords(answer: Answer): string {
  if ("failure" in answer) return answer.failure
  const { length } = answer.repositories
  const count =
    length === 0
      ? "No repository found."
      : length === 1
        ? "1 repository found."
        : `${length} repositories found.`
  return [count, ...answer.missing].join(" ")
}
