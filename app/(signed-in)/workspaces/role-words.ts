const words = new Map<string, string>(
  Object.entries({
    owner: "Owner",
    "create-project": "Member who may create projects",
    member: "Member",
    collaborator: "Collaborator",
  }),
)

/** What a person is in a workspace; a word of Bitbucket's that this app does not know is shown as it came. */
export function roleInWords(role: string | null): string | null {
  return role && (words.get(role) ?? role)
}
