/** `name.name`, in which `*` stands for any name. */
type Path = readonly string[]

/**
 * `fields=` of Bitbucket's narrative (official): names select, a leading `-` removes, a leading `+` adds to the default
 * fields. Paths go through lists, so `values.slug` is the slug of each item. A `+` may arrive decoded, as a space.
 */
export function selectFields(body: unknown, fields: string): unknown {
  const items = fields.split(",").filter((item) => item.trim() !== "")
  const pathsWith = (prefix: RegExp) =>
    items.filter((item) => prefix.test(item)).map((item) => item.replace(/^[-+ ]/, "").split("."))
  const selected = pathsWith(/^[^-+ ]/)
  const kept = selected.length === 0 ? body : (pick(body, [...selected, ...pathsWith(/^[+ ]/)]) ?? {})
  return pathsWith(/^-/).reduce(omit, kept)
}

/** undefined if none of the paths leads into the value. */
function pick(value: unknown, paths: readonly Path[]): unknown {
  if (paths.length === 0) return undefined
  if (paths.some((path) => path.length === 0)) return value
  if (Array.isArray(value)) return value.map((item) => pick(item, paths) ?? {})
  if (typeof value !== "object" || value === null) return undefined
  const picked = mapMembers(value, (name, member) =>
    pick(
      member,
      paths.filter((path) => leads(path, name)).map((path) => path.slice(1)),
    ),
  )
  return Object.keys(picked as object).length === 0 ? undefined : picked
}

function omit(value: unknown, path: Path): unknown {
  return mapMembers(value, (name, member) => {
    if (!leads(path, name)) return member
    return path.length === 1 ? undefined : omit(member, path.slice(1))
  })
}

function leads(path: Path, name: string): boolean {
  return path[0] === name || path[0] === "*"
}

/** Drops members that become undefined. */
function mapMembers(value: unknown, change: (name: string, member: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapMembers(item, change))
  if (typeof value !== "object" || value === null) return value
  const members = Object.entries(value).map(([name, member]) => [name, change(name, member)] as const)
  return Object.fromEntries(members.filter(([, member]) => member !== undefined))
}
