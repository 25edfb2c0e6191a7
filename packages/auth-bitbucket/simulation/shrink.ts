import type { Invariant } from "./invariants.ts"
import { type Library, runSchedule } from "./run-schedule.ts"
import type { Cycle, Schedule } from "./schedule.ts"

/**
 * Removes everything from a schedule that it does not need to break an invariant: expiries, steps, faults,
 * servers' skews.
 */
export async function shrink(library: Library, failing: Schedule, invariant: Invariant): Promise<Schedule> {
  const stillFails = async (schedule: Schedule) =>
    (await runSchedule(library, schedule)).violation?.invariant === invariant
  let smallest = failing
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false
    for (const candidate of smallerThan(smallest)) {
      if (!(await stillFails(candidate))) continue
      smallest = candidate
      isSmaller = true
      break
    }
  }
  return smallest
}

/** Boldest first. */
function* smallerThan(schedule: Schedule): Generator<Schedule> {
  const { cycles, skewsMs } = schedule
  const withCycle = (index: number, cycle: Cycle) => ({ ...schedule, cycles: cycles.with(index, cycle) })
  for (let length = cycles.length >> 1; length > 0; length >>= 1)
    for (let start = 0; start + length <= cycles.length; start += length)
      if (length < cycles.length) yield { ...schedule, cycles: cycles.toSpliced(start, length) }
  if (skewsMs.some((skew) => skew !== 0)) yield { ...schedule, skewsMs: skewsMs.map(() => 0) }
  for (const [index, cycle] of cycles.entries()) {
    const { storm, steps } = cycle
    if (storm) {
      yield withCycle(index, { ...cycle, storm: null })
      for (const outage of ["databaseOutage", "bitbucketOutage"] as const)
        if (storm[outage]) yield withCycle(index, { ...cycle, storm: { ...storm, [outage]: null } })
      for (const link of ["database", "bitbucket"] as const)
        for (const [fault, share] of Object.entries(storm[link]))
          if (share > 0)
            yield withCycle(index, { ...cycle, storm: { ...storm, [link]: { ...storm[link], [fault]: 0 } } })
    }
    for (const step of steps.keys()) yield withCycle(index, { ...cycle, steps: steps.toSpliced(step, 1) })
  }
}
