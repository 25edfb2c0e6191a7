import { z } from "zod"
import { readDefaultSeed } from "./default-seed.ts"
import { type Seed, seedSchema } from "./seed-schema.ts"

/** The contents of a seed file. */
export type SeedInput = z.input<typeof seedSchema>
/** A seed by name, or spelled out. */
export type SeedChoice = "default" | "empty" | SeedInput

export const seedChoiceSchema = z.union([z.enum(["default", "empty"]), seedSchema])

/** The callback of the default seed's clients unless `callbackUrl` replaces it. */
const DEFAULT_CALLBACK_URL = "http://localhost:3000"

/**
 * Reads and validates a seed. `callbackUrl` replaces the callback of every client of the default seed, because an app
 * under test that changes its port changes it for all of them.
 */
export function loadSeed(choice: SeedChoice, callbackUrl = DEFAULT_CALLBACK_URL): Seed {
  if (choice === "empty") return seedSchema.parse({})
  if (choice !== "default") return seedSchema.parse(choice)
  const seed = seedSchema.parse(readDefaultSeed())
  return { ...seed, clients: seed.clients.map((client) => ({ ...client, callback_url: callbackUrl })) }
}
