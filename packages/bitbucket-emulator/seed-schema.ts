import { z } from "zod"
import { apiTokenScopeNames } from "./api/token-scopes.ts"
import { slugOf } from "./identifiers.ts"
import { scopeNames } from "./oauth2/scopes.ts"

const uuidSchema = z.string().regex(/^\{[0-9a-f-]{36}\}$/, "a UUID in braces")
const slugSchema = z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, "lower-case letters, digits, '.', '_' and '-'")
const timestampSchema = z.iso.datetime()

const emailSchema = z.strictObject({
  email: z.email(),
  is_primary: z.boolean().default(false),
  is_confirmed: z.boolean().default(true),
})

/** A token created by hand: it is valid until its date, and has no refresh token. */
const madeTokenSchema = z.strictObject({
  token: z.string().regex(/^[!-9;-~]{8,}$/, "eight or more visible ASCII characters without a colon"),
  name: z.string().min(1),
  expires_on: timestampSchema.nullable().default(null),
})

/** An API token: Basic, with any of the person's addresses (BB-K1). */
const apiTokenSchema = madeTokenSchema.extend({ scopes: z.array(z.enum(apiTokenScopeNames)).default([]) })

/** An access token of a workspace, project or repository: Bearer, and it acts for no person (BB-K3). */
const accessTokenSchema = madeTokenSchema.extend({ scopes: z.array(z.enum(scopeNames)).default([]) })

const personSchema = z.strictObject({
  username: z.string().min(1),
  password: z.string().min(1),
  /** null leaves the key out of `/2.0/user`, as some real responses do. */
  display_name: z.string().nullable().optional(),
  nickname: z.string().optional(),
  emails: z.array(emailSchema).default([]),
  uuid: uuidSchema.optional(),
  /** null leaves the key out of `/2.0/user`. */
  account_id: z.string().nullable().optional(),
  account_status: z.string().default("active"),
  created_on: timestampSchema.default("2020-01-01T00:00:00Z"),
  location: z.string().nullable().default(null),
  avatar: z.enum(["initials", "none"]).default("initials"),
  api_tokens: z.array(apiTokenSchema).default([]),
  /** One line for the sign-in page: what is special about this person. */
  note: z.string().default(""),
})

/** BB-W2. */
const workspacePermissionSchema = z.enum(["owner", "create-project", "member"])
/** BB-W3. */
const repositoryPermissionSchema = z.enum(["admin", "write", "read"])

const projectSchema = z.strictObject({
  key: z.string().regex(/^[A-Z][A-Z0-9_]*$/, "capital letters, digits and '_'"),
  name: z.string().min(1),
  uuid: uuidSchema.optional(),
  description: z.string().default(""),
  is_private: z.boolean().default(true),
  created_on: timestampSchema.default("2020-06-01T00:00:00Z"),
  access_tokens: z.array(accessTokenSchema).default([]),
})

const repositorySchema = z.strictObject({
  name: z.string().min(1),
  slug: slugSchema.optional(),
  uuid: uuidSchema.optional(),
  is_private: z.boolean().default(true),
  description: z.string().default(""),
  language: z.string().default(""),
  created_on: timestampSchema.default("2021-01-01T00:00:00Z"),
  /** The key of its project; the workspace's first one if absent. */
  project: z.string().optional(),
  website: z.string().nullable().default(null),
  access_tokens: z.array(accessTokenSchema).default([]),
  /** The people with more, or less, access to it than the workspace's default. */
  permissions: z.record(z.string(), repositoryPermissionSchema).default({}),
})

const workspaceSchema = z.strictObject({
  slug: slugSchema,
  name: z.string().min(1).optional(),
  uuid: uuidSchema.optional(),
  /** The person whose personal workspace it is; it then shares their UUID. */
  personal_of: z.string().optional(),
  members: z.record(z.string(), workspacePermissionSchema).default({}),
  is_private: z.boolean().default(true),
  created_on: timestampSchema.default("2020-01-01T00:00:00Z"),
  /** Every workspace has one: if none is listed, it is "Untitled project". */
  projects: z.array(projectSchema).default([]),
  access_tokens: z.array(accessTokenSchema).default([]),
  /** The members' permission for a repository that sets none. */
  default_permission: repositoryPermissionSchema.default("read"),
  repositories: z
    .union([z.array(repositorySchema), z.strictObject({ generate: z.int().min(0).max(10_000) })])
    .default([]),
  /** `forbidden` answers every call about it with 403, as an IP allow-list does (BB-P7). */
  access: z.enum(["open", "forbidden"]).default("open"),
})

const clientSchema = z.strictObject({
  key: z.string().min(1),
  secret: z.string().min(1),
  name: z.string().min(1),
  /** BB-E4: a client may have none, and then its users cannot sign in. */
  callback_url: z.url().nullable().default(null),
  scopes: z.array(z.enum(scopeNames)).default([]),
  /** PEM: the key with which a Data Center verifies a client's RSA-SHA1 signatures (BB-D8). */
  public_key: z.string().nullable().default(null),
  /** Bitbucket's box "This is a private consumer", which client_credentials requires (BB-E5). */
  is_private: z.boolean().default(true),
  /** The workspace that it was made in; before 2026 the client acts for its owner (BB-C8). */
  workspace: slugSchema.nullable().default(null),
  /** A Connect app's installation, which signs its own JWTs (BB-T4). */
  installation: z
    .strictObject({
      app_key: z.string().min(1),
      client_key: z.string().min(1),
      shared_secret: z.string().min(1),
    })
    .nullable()
    .default(null),
  note: z.string().default(""),
})

const listsSchema = z.strictObject({
  people: z.array(personSchema).default([]),
  workspaces: z.array(workspaceSchema).default([]),
  clients: z.array(clientSchema).default([]),
})

/** A seed file's contents, with defaults filled in. */
export type Seed = z.infer<typeof listsSchema>
/** A person of the seed, with defaults filled in. */
export type Person = Omit<Seed["people"][number], "uuid" | "account_id" | "nickname" | "display_name"> & {
  readonly uuid: string
  readonly account_id: string | null
  readonly nickname: string
  readonly display_name: string | null
}
export type SeededWorkspace = Seed["workspaces"][number]
export type SeededRepository = z.infer<typeof repositorySchema>
export type SeededProject = z.infer<typeof projectSchema>
export type SeededApiToken = z.infer<typeof apiTokenSchema>
export type SeededAccessToken = z.infer<typeof accessTokenSchema>
export type WorkspacePermission = z.infer<typeof workspacePermissionSchema>
export type RepositoryPermission = z.infer<typeof repositoryPermissionSchema>

/** Checks references between the lists: names are unique, and every named person exists. */
export const seedSchema = listsSchema.superRefine((seed, context) => {
  const report = (path: (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path, message })
  const usernames = new Set(seed.people.map(({ username }) => username))
  const slugs = new Set(seed.workspaces.map(({ slug }) => slug))
  const reportDuplicates = (named: readonly { name: string; path: (string | number)[] }[]) => {
    const seen = new Set<string>()
    for (const { name, path } of named) {
      if (seen.has(name)) report(path, `${name} is there twice`)
      seen.add(name)
    }
  }
  const reportUnknownPerson = (username: string | undefined, path: (string | number)[]) => {
    if (username !== undefined && !usernames.has(username)) report(path, `there is no person ${username}`)
  }

  // Case makes no difference at sign-in, nor in a Data Center's slugs.
  reportDuplicates(
    seed.people.map(({ username }, at) => ({
      name: username.toLowerCase(),
      path: ["people", at, "username"],
    })),
  )
  reportDuplicates(
    seed.people.flatMap(({ emails }, index) =>
      emails.map(({ email }, at) => ({
        name: email.toLowerCase(),
        path: ["people", index, "emails", at, "email"],
      })),
    ),
  )
  reportDuplicates(seed.workspaces.map(({ slug }, at) => ({ name: slug, path: ["workspaces", at, "slug"] })))
  reportDuplicates(seed.clients.map(({ key }, at) => ({ name: key, path: ["clients", at, "key"] })))
  reportDuplicates(madeTokens(seed).map(({ token, path }) => ({ name: token, path })))
  seed.workspaces.forEach(({ personal_of, members, projects, repositories }, index) => {
    const path = ["workspaces", index]
    reportDuplicates(projects.map(({ key }, at) => ({ name: key, path: [...path, "projects", at, "key"] })))
    const keys = new Set(projects.map(({ key }) => key))
    reportUnknownPerson(personal_of, [...path, "personal_of"])
    for (const username of Object.keys(members)) reportUnknownPerson(username, [...path, "members", username])
    if (!Array.isArray(repositories)) return
    const slugged = repositories.map(({ name, slug }, at) => ({
      name: slug ?? slugOf(name),
      path: [...path, "repositories", at, slug === undefined ? "name" : "slug"],
    }))
    for (const { name, path } of slugged) if (name === "") report(path, "leaves no slug: give it one")
    reportDuplicates(slugged.filter(({ name }) => name !== ""))
    repositories.forEach(({ permissions, project }, at) => {
      if (project !== undefined && !keys.has(project)) {
        report([...path, "repositories", at, "project"], `there is no project ${project}`)
      }
      for (const username of Object.keys(permissions)) {
        reportUnknownPerson(username, [...path, "repositories", at, "permissions", username])
      }
    })
  })
  seed.clients.forEach(({ workspace }, index) => {
    if (workspace !== null && !slugs.has(workspace)) {
      report(["clients", index, "workspace"], `there is no workspace ${workspace}`)
    }
  })
})

/** Every token in the seed, with its place. */
function madeTokens(seed: Seed): { token: string; path: (string | number)[] }[] {
  const within = (tokens: readonly { token: string }[], path: (string | number)[]) =>
    tokens.map(({ token }, at) => ({ token, path: [...path, at, "token"] }))
  return [
    ...seed.people.flatMap(({ api_tokens }, at) => within(api_tokens, ["people", at, "api_tokens"])),
    ...seed.workspaces.flatMap(({ access_tokens, projects, repositories }, index) => {
      const path = ["workspaces", index]
      const listed = Array.isArray(repositories) ? repositories : []
      return [
        ...within(access_tokens, [...path, "access_tokens"]),
        ...projects.flatMap((project, at) =>
          within(project.access_tokens, [...path, "projects", at, "access_tokens"]),
        ),
        ...listed.flatMap((repository, at) =>
          within(repository.access_tokens, [...path, "repositories", at, "access_tokens"]),
        ),
      ]
    }),
  ]
}
