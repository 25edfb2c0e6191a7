import { percentile } from "../refresh/outcome"

/** One line of the table: the question, the goal and the result. */
export type Row = {
  what: string
  goal: string
  measured: string
  /** The numbers that it was computed from. */
  from: string
  /** Null if there is no goal. */
  isMet: boolean | null
}

/** The result of one benchmark: its lines of the table, and every number. */
export type Section = { rows: Row[]; numbers: unknown }

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** The median of the ratios within each round, where other load on the machine affects both sides. */
export function medianRatio(values: readonly number[], others: readonly number[]): number {
  return median(values.map((value, round) => value / (others[round] ?? Number.NaN)))
}

type Goal = { comparison: "≥" | "≤"; limit: number }

export function row(what: string, got: number, goal: Goal | null, from: string, unit = ""): Row {
  if (!goal) return { what, goal: "–", measured: `${round(got)}${unit}`, from, isMet: null }
  const { comparison, limit } = goal
  const isMet = comparison === "≥" ? got >= limit : got <= limit
  return { what, goal: `${comparison} ${limit}${unit}`, measured: `${round(got)}${unit}`, from, isMet }
}

export const atLeast = (limit: number): Goal => ({ comparison: "≥", limit })
export const atMost = (limit: number): Goal => ({ comparison: "≤", limit })

/** With only the significant digits. */
function round(value: number): string {
  if (Number.isNaN(value)) return "–"
  const size = Math.abs(value)
  return value.toFixed(size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2)
}

/** "12 ms and 34 ms", with any unit. */
export function both(one: number, other: number, unit: string): string {
  return `${round(one)} and ${round(other)} ${unit}`
}
