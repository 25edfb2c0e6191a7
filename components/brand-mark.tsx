/** The app's own mark, drawn as in app/icon.svg: a way in, and what it leads to. */
export function BrandMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={className} fill="none" strokeLinecap="round">
      <rect width="32" height="32" rx="8" className="fill-accent-solid" />
      <path d="M11.2 9.4a8.2 8.2 0 1 1 0 13.2M5.5 16h8.5" className="stroke-on-accent" strokeWidth="2.6" />
      <circle cx="17" cy="16" r="2.6" className="fill-on-accent" />
    </svg>
  )
}
