import { percentile } from "../refresh/outcome"

export type Target = { app: string; what: string; wanted: string; got: string; isMet: boolean }

/** The answer to one question: what people read, what the targets made of it, and every number. */
export type Section = {
  title: string
  head: string[]
  rows: string[][]
  notes: string[]
  targets: Target[]
  numbers: unknown
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** How far apart the rounds are: the distance between the best and the worst, as a share of the median. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / median(values)
}

/** @param app whose number it is: this app as it comes, or as it is set up for many views */
export function target(
  app: string,
  what: string,
  comparison: "≥" | "≤",
  limit: number,
  got: number,
  unit = "",
): Target {
  const isMet = comparison === "≥" ? got >= limit : got <= limit
  return { app, what, wanted: `${comparison} ${limit}${unit}`, got: `${round(got)}${unit}`, isMet }
}

/** With as many digits as say something. */
export function round(value: number): string {
  if (Number.isNaN(value)) return "–"
  const size = Math.abs(value)
  return value.toFixed(size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2)
}

export function milliseconds(value: number): string {
  return `${round(value)} ms`
}

export function kilobytes(bytes: number): string {
  return `${round(bytes / 1_000)} kB`
}
