import { seedSchema } from "../seed-schema.ts"
import { createState, type Person } from "../state.ts"
import type { Workspace } from "../workspaces.ts"
import type { Located, LocatedProject } from "./workspace-resource.ts"

const email = { email: "specimen@example.com", is_primary: true }

const state = createState(
  seedSchema.parse({
    people: [{ username: "specimen", password: "specimen", location: "Nowhere", emails: [email] }],
    workspaces: [
      { slug: "personal", personal_of: "specimen", repositories: [{ name: "one", website: "" }] },
      { slug: "shared", members: { specimen: "owner" }, repositories: [{ name: "one", website: "" }] },
    ],
  }),
)

/** A person with every field set. */
export const specimenPeople: readonly Person[] = [...state.people.values()]

/** A personal workspace and a shared one: their repositories have different kinds of owners. */
export const specimenWorkspaces: readonly Workspace[] = [...state.workspaces.values()]

export const specimenProjects: readonly LocatedProject[] = specimenWorkspaces.flatMap((workspace) =>
  workspace.projects.map((project) => ({ workspace, project })),
)

export const specimenRepositories: readonly Located[] = specimenWorkspaces.flatMap((workspace) =>
  workspace.repositories.map((repository) => ({ workspace, repository })),
)
