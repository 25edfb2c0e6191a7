import { z } from "zod"
import { EnvironmentError } from "./env/error"
import {
  bitbucketPlace,
  type Environment,
  type EnvironmentSource,
  isDataCenter,
  schemaFor,
} from "./env/schema"
import { DEFAULT_DATABASE_SCHEMA, databaseSchemaName } from "./env/values"

export type { EnvironmentSource } from "./env/schema"
export { EnvironmentError }

/**
 * Reads an environment.
 *
 * @param source variables by name; an empty string counts as unset, as deployment panels write it
 * @throws EnvironmentError naming each variable that is missing or wrong, without its value
 */
export function parseEnvironment(source: EnvironmentSource): Environment {
  return parseVariables(schemaFor(source).schema, source)
}

/** Reads the variables of an optional part of the app. @throws EnvironmentError as above */
export function parseVariables<Schema extends z.ZodType>(
  schema: Schema,
  source: EnvironmentSource = process.env,
): z.infer<Schema> {
  const { set } = schemaFor(source)
  const result = schema.safeParse(set)
  if (result.success) return result.data
  throw new EnvironmentError(result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}.`))
}

/** Which Bitbucket to use, for a program that needs nothing else from the environment. @throws EnvironmentError */
export function parseBitbucketPlace(source: EnvironmentSource = process.env) {
  return parseVariables(z.object(bitbucketPlace(isDataCenter(source))), source)
}

/** For code that reports what is wrong with it. Contains secrets. */
export function unparsedEnvironment(): EnvironmentSource {
  return process.env
}

/**
 * The Postgres schema of our tables, which needs no other variable. An unusable name means the
 * default: `environment()` keeps the app from starting with it.
 */
export function databaseSchema(): string {
  const { success, data } = databaseSchemaName.safeParse(process.env.DATABASE_SCHEMA || undefined)
  return success ? data : DEFAULT_DATABASE_SCHEMA
}

let parsed: Environment | undefined

/** The app's environment, parsed on first use and never at import, so that a build does not need it. */
export function environment(): Environment {
  parsed ??= parseEnvironment(process.env)
  return parsed
}
