import type { z } from "zod"
import { contradictionsIn, type EnvironmentSource, schemaFor } from "@/lib/env/schema"

type Variables = z.infer<ReturnType<typeof schemaFor>["schema"]["in"]>

export type VariableName = keyof Variables

/** One variable by itself. */
export type VariableReading = {
  name: VariableName
  /** As given, for checking its form. It may be a secret, so the report never shows it. Undefined if it is not set. */
  raw: string | undefined
  /** What is wrong with it, to follow its name in a sentence; null if it is usable. */
  problem: string | null
}

/** The values of the usable variables. */
export type UsableVariables = Partial<Variables>

/**
 * Reads an environment one variable at a time, so that a report can say what is wrong with each: nothing is thrown.
 *
 * @returns every variable of the app, the values of those that can be used, and the names of all that is set
 */
export function inspectEnvironment(source: EnvironmentSource): {
  readings: VariableReading[]
  usable: UsableVariables
  names: ReadonlySet<string>
} {
  const { set, schema } = schemaFor(source)
  const usable: Record<string, unknown> = {}
  const problems: Record<string, string> = {}
  for (const [name, variable] of Object.entries(schema.in.shape)) {
    const result = variable.safeParse(set[name])
    if (result.success) usable[name] = result.data
    else problems[name] = result.error.issues[0]?.message ?? "is wrong"
  }
  for (const [name, problem] of Object.entries(contradictionsIn(usable))) problems[name] ??= problem
  return {
    readings: Object.keys(schema.in.shape).map((name) => ({
      name: name as VariableName,
      raw: set[name],
      problem: problems[name] ?? null,
    })),
    usable: usable as UsableVariables,
    names: new Set(Object.keys(set)),
  }
}
