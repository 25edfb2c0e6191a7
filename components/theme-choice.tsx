import { words } from "./words"

type Props = {
  themes: readonly string[]
  chosen: string
  /** Reads `theme` from the form. */
  choose: (form: FormData) => Promise<void>
}

/** Light, dark, or the system's theme. A form, so that it works without a script and the app remembers it. */
export function ThemeChoice({ themes, chosen, choose }: Props) {
  return (
    <form action={choose}>
      <fieldset className="theme-choice">
        <legend>{words.theme}</legend>
        <div>
          {themes.map((theme) => (
            <button key={theme} type="submit" name="theme" value={theme} aria-pressed={theme === chosen}>
              {theme}
            </button>
          ))}
        </div>
      </fieldset>
    </form>
  )
}
