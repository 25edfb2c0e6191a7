/** JSON with a space after `:` and `,`, as Bitbucket's older backends write it (BB-H6). */
export function spacedJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(", ")}]`
  let members = ""
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) members += `${members && ", "}${JSON.stringify(key)}: ${spacedJson(member)}`
  }
  return `{${members}}`
}
