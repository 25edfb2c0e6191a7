const words = new Map<string, string>(
  Object.entries({
    owner: "Owner",
    "create-project": "Member who may create projects",
    member: "Member",
    collaborator: "Collaborator",
  }),
)

/** A user's role in a workspace. A role that this app does not know keeps Bitbucket's name. */
export function roleInWords(role: string | null): string | null {
  return role && (words.get(role) ?? role)
}
