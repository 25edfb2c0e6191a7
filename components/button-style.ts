const base =
  "inline-flex items-center justify-center gap-2 rounded-md font-medium motion-safe:transition-colors disabled:opacity-60"

const variants = {
  primary: "bg-accent-solid text-on-accent shadow-raised hover:bg-accent-solid-hover",
  secondary: "bg-surface text-ink shadow-raised ring-1 ring-line-strong ring-inset hover:bg-sunken",
  critical: "bg-critical-solid text-on-accent shadow-raised hover:bg-critical-solid-hover",
}

const sizes = { medium: "min-h-9 px-3.5 py-1.5 text-sm", large: "min-h-12 px-5 py-2.5 text-base" }

/** The look of a button, for the elements that are one: `<button>`, `<summary>`, and `<a>` to a place that acts. */
export function buttonStyle(variant: keyof typeof variants, size: keyof typeof sizes = "medium"): string {
  return `${base} ${variants[variant]} ${sizes[size]}`
}
