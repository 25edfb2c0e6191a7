import { readFileSync } from "node:fs"
import { parse as parseYaml } from "yaml"
import { z } from "zod"
import { scopeNames } from "./oauth2/scopes.ts"

const emailSchema = z.strictObject({
  email: z.email(),
  is_primary: z.boolean().default(false),
  is_confirmed: z.boolean().default(true),
})

const personSchema = z.strictObject({
  username: z.string().min(1),
  password: z.string().min(1),
  /** null leaves the key out of `/2.0/user`, as some real replies do. */
  display_name: z.string().nullable().optional(),
  nickname: z.string().optional(),
  emails: z.array(emailSchema).default([]),
  uuid: z
    .string()
    .regex(/^\{[0-9a-f-]{36}\}$/, "a UUID in braces")
    .optional(),
  /** null leaves the key out of `/2.0/user`. */
  account_id: z.string().nullable().optional(),
  account_status: z.string().default("active"),
  created_on: z.iso.datetime().default("2020-01-01T00:00:00Z"),
  location: z.string().nullable().default(null),
  avatar: z.enum(["initials", "none"]).default("initials"),
  /** One line for the sign-in page: what is special about this person. */
  note: z.string().default(""),
})

const clientSchema = z.strictObject({
  key: z.string().min(1),
  secret: z.string().min(1),
  name: z.string().min(1),
  /** BB-E4: a client may lack one, and then cannot sign anybody in. */
  callback_url: z.url().nullable().default(null),
  scopes: z.array(z.enum(scopeNames)).default([]),
  note: z.string().default(""),
})

const seedSchema = z.strictObject({
  people: z.array(personSchema).default([]),
  clients: z.array(clientSchema).default([]),
})

/** What a seed file says, defaults filled in. */
export type Seed = z.infer<typeof seedSchema>
/** What a seed file may say. */
export type SeedInput = z.input<typeof seedSchema>
/** A seed by name, or spelled out. */
export type SeedChoice = "default" | "empty" | SeedInput

export const seedChoiceSchema = z.union([z.enum(["default", "empty"]), seedSchema])

/** Where the default seed's clients are called back unless `callbackUrl` moves them. */
const DEFAULT_CALLBACK_URL = "http://localhost:3000"

/**
 * Reads and validates a seed. `callbackUrl` moves every client of the default seed, because an app under test that
 * changes its port changes it for all of them.
 */
export function loadSeed(choice: SeedChoice, callbackUrl = DEFAULT_CALLBACK_URL): Seed {
  if (choice === "empty") return seedSchema.parse({})
  if (choice !== "default") return seedSchema.parse(choice)
  const text = readFileSync(new URL("./seed/default.yaml", import.meta.url), "utf8")
  const seed = seedSchema.parse(parseYaml(text))
  return { ...seed, clients: seed.clients.map((client) => ({ ...client, callback_url: callbackUrl })) }
}
