const words = new Map<string, string>(
  Object.entries({
    owner: "Owner",
    "create-project": "Member who may create projects",
    member: "Member",
    collaborator: "Collaborator",
  }),
)

/** A person's role in a workspace. Shows a word from Bitbucket that this app does not know as it came. */
export function roleInWords(role: string | null): string | null {
  return role && (words.get(role) ?? role)
}
