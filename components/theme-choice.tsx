type Props = {
  themes: readonly string[]
  chosen: string
  /** Reads `theme` from the form. */
  choose: (form: FormData) => Promise<void>
}

/** Light, dark, or as the system has it: a form, so that it works and is remembered without a script. */
export function ThemeChoice({ themes, chosen, choose }: Props) {
  return (
    <form action={choose}>
      <fieldset className="flex rounded-md bg-sunken p-0.5 ring-1 ring-line ring-inset">
        <legend className="sr-only">Theme</legend>
        {themes.map((theme) => (
          <button
            key={theme}
            type="submit"
            name="theme"
            value={theme}
            aria-pressed={theme === chosen}
            className="rounded-sm px-2.5 py-1 capitalize aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-raised aria-pressed:ring-1 aria-pressed:ring-line"
          >
            {theme}
          </button>
        ))}
      </fieldset>
    </form>
  )
}
