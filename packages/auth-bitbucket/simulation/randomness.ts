/** Draws the same numbers from the same seed on every machine. Not for secrets. */
export type Randomness = {
  /** From 0 (inclusive) to 1. */
  next: () => number
  chance: (probability: number) => boolean
  /** From `least` (inclusive) to `most` (exclusive). */
  between: (least: number, most: number) => number
  integer: (least: number, most: number) => number
  pick: <Value>(values: readonly [Value, ...Value[]]) => Value
}

/** Mulberry32: 32 bits of state are enough to distinguish schedules by their seed. */
export function createRandomness(seed: number): Randomness {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (least: number, most: number) => least + next() * (most - least)
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    integer: (least, most) => Math.floor(between(least, most)),
    pick: (values) => values[Math.floor(next() * values.length)] ?? values[0],
  }
}
