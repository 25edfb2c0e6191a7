/** How a listing can be searched and sorted: the value of each of its fields. */
export interface Fields<Item> {
  /** What the thing is called in a refusal. */
  readonly noun: string
  readonly queryable: Readonly<Record<string, (item: Item) => string | boolean>>
  readonly sortable: Readonly<Record<string, (item: Item) => string | boolean>>
}

export type Listing<Item> =
  | { readonly ok: true; readonly items: readonly Item[] }
  | { readonly ok: false; readonly message: string }

const CONDITION = /^\s*([a-z_.]+)\s*(=|~)\s*(?:"((?:[^"\\]|\\.)*)"|(true|false))\s*/i

/**
 * `q=` and `sort=` of Bitbucket's narrative, as far as sign-in and pickers need them: `=` and `~` (contains, whatever the
 * case), joined by AND. Everything else is 400; only the words about an unknown field are recorded (bitbucket.org/site/master
 * issue 12292).
 */
export function filterAndSort<Item>(
  items: readonly Item[],
  { q, sort }: { q: string | undefined; sort: string | undefined },
  fields: Fields<Item>,
): Listing<Item> {
  let found = items
  for (let rest = q ?? ""; rest.trim() !== ""; ) {
    const condition = CONDITION.exec(rest)
    if (condition === null) return refuse(`Invalid query: ${q}`)
    const [text, name = "", operator, quoted, literal] = condition
    const readField = ownField(fields.queryable, name)
    if (readField === null) return refuse(`${fields.noun} has no field named '${name}'`)
    const wanted =
      literal === undefined ? (quoted ?? "").replace(/\\(.)/g, "$1") : literal.toLowerCase() === "true"
    if (operator === "~" && typeof wanted === "boolean") return refuse(`Invalid query: ${q}`)
    found = found.filter((item) => matches(readField(item), operator === "~", wanted))
    rest = rest.slice(text.length)
    if (rest === "") break
    const joint = /^AND\s+(?=\S)/i.exec(rest)
    if (joint === null) return refuse(`Invalid query: ${q}`)
    rest = rest.slice(joint[0].length)
  }
  return sort === undefined ? { ok: true, items: found } : sortItems(found, sort, fields)
}

function matches(value: string | boolean, isPartial: boolean, wanted: string | boolean): boolean {
  if (!isPartial || typeof value !== "string" || typeof wanted !== "string") return value === wanted
  return value.toLowerCase().includes(wanted.toLowerCase())
}

function sortItems<Item>(items: readonly Item[], sort: string, fields: Fields<Item>): Listing<Item> {
  const name = sort.replace(/^-/, "")
  const readField = ownField(fields.sortable, name)
  if (readField === null) return refuse(`${fields.noun} has no field named '${name}'`)
  const direction = sort.startsWith("-") ? -1 : 1
  const compare = (a: Item, b: Item) => {
    const [x, y] = [readField(a), readField(b)]
    return direction * (x < y ? -1 : Number(x > y))
  }
  return { ok: true, items: [...items].sort(compare) }
}

function ownField<Value>(table: Readonly<Record<string, Value>>, name: string): Value | null {
  return Object.hasOwn(table, name) ? (table[name] ?? null) : null
}

function refuse(message: string): { ok: false; message: string } {
  return { ok: false, message }
}
