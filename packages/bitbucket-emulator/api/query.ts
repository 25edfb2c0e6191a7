import { type Expression, type Literal, parseMoment, parseQuery } from "./query-grammar.ts"

/** How a listing searches and sorts its items. */
export interface Searchable<Item> {
  /** The name of the item in an error message. */
  readonly noun: string
  /** The object that queries see: an item's JSON, or more. Any dotted path of it is a field. */
  readonly searchedOf: (item: Item) => unknown
  /** Complete sample items: a field that none of them has does not exist. */
  readonly specimens: () => readonly unknown[]
  /** Fields whose words have their own order, lowest first. */
  readonly orders?: Readonly<Record<string, readonly string[]>>
}

export type Found<Item> =
  | { readonly ok: true; readonly items: readonly Item[] }
  | { readonly ok: false; readonly message: string }

/**
 * `q=` and `sort=` (official: the narrative's chapter on filtering and sorting). An unknown field gets
 * the recorded error message (bitbucket.org/site/master issue 12292); the message for a broken query is assumed.
 */
export function search<Item>(
  items: readonly Item[],
  { q = "", sort }: { q: string | undefined; sort: string | undefined },
  searchable: Searchable<Item>,
): Found<Item> {
  const { noun, searchedOf, orders = {} } = searchable
  const isFiltered = q.trim() !== ""
  if (!isFiltered && sort === undefined) return { ok: true, items }
  const expression = isFiltered ? parseQuery(q) : null
  if (isFiltered && expression === null) return refuse(`Invalid query: ${q}`)
  const sortField = sort?.replace(/^-/, "")
  const fields = [...fieldsOf(expression), ...(sortField === undefined ? [] : [sortField])]
  const specimens = searchable.specimens()
  const unknownField = fields.find((field) => !specimens.some((one) => leadsSomewhere(one, field.split("."))))
  if (unknownField !== undefined) return refuse(`${noun} has no field named '${unknownField}'`)

  const searched = items.map((item) => ({ item, resource: searchedOf(item) }))
  const found =
    expression === null ? searched : searched.filter(({ resource }) => holds(expression, resource, orders))
  if (sortField !== undefined) {
    const direction = sort?.startsWith("-") ? -1 : 1
    const keyOf = (resource: unknown) =>
      sortKey(valuesAt(resource, sortField.split("."))[0], orders[sortField])
    found.sort((a, b) => direction * compare(keyOf(a.resource), keyOf(b.resource)))
  }
  return { ok: true, items: found.map(({ item }) => item) }
}

function fieldsOf(expression: Expression | null): string[] {
  if (expression === null) return []
  return expression.kind === "condition" ? [expression.field] : expression.parts.flatMap(fieldsOf)
}

function leadsSomewhere(value: unknown, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return true
  if (Array.isArray(value)) return value.some((one) => leadsSomewhere(one, [name, ...rest]))
  const member = memberOf(value, name)
  return member !== undefined && leadsSomewhere(member, rest)
}

/** The values at a path: null if a part of the path is missing, several values if it goes through a list. */
function valuesAt(value: unknown, [name, ...rest]: readonly string[]): unknown[] {
  if (Array.isArray(value)) {
    return value.flatMap((one) => valuesAt(one, name === undefined ? [] : [name, ...rest]))
  }
  if (name === undefined || value === null || value === undefined) return [value ?? null]
  return valuesAt(memberOf(value, name), rest)
}

/** undefined for a property that the object only inherits. */
function memberOf(value: unknown, name: string): unknown {
  const isOwn = typeof value === "object" && value !== null && Object.hasOwn(value, name)
  return isOwn ? (value as Record<string, unknown>)[name] : undefined
}

type Orders = NonNullable<Searchable<unknown>["orders"]>

function holds(expression: Expression, resource: unknown, orders: Orders): boolean {
  if (expression.kind !== "condition") {
    const partHolds = (part: Expression) => holds(part, resource, orders)
    return expression.kind === "any" ? expression.parts.some(partHolds) : expression.parts.every(partHolds)
  }
  const { field, operator, values } = expression
  const actual = valuesAt(resource, field.split("."))
  const isOneOf = () => actual.some((value) => values.some((literal) => equals(value, literal)))
  const contains = () =>
    actual.some((value) =>
      values.some(
        (literal) =>
          typeof value === "string" && value.toLowerCase().includes(String(literal.value).toLowerCase()),
      ),
    )
  const compares = (accepts: (difference: number) => boolean) =>
    actual.some((value) => values.some((literal) => accepts(distance(value, literal, orders[field]))))
  switch (operator) {
    case "=":
    case "IN":
      return isOneOf()
    case "!=":
    case "NOT IN":
      return !isOneOf()
    case "~":
      return contains()
    case "!~":
      return !contains()
    case ">":
      return compares((difference) => difference > 0)
    case ">=":
      return compares((difference) => difference >= 0)
    case "<":
      return compares((difference) => difference < 0)
    case "<=":
      return compares((difference) => difference <= 0)
  }
}

function equals(value: unknown, literal: Literal): boolean {
  if (literal.kind === "date") return distance(value, literal) === 0
  if (value === literal.value) return true
  // A date may also be in quotes.
  return (
    literal.kind === "text" && typeof value === "string" && parseMoment(value) === parseMoment(literal.value)
  )
}

/** Positive if the value comes after the literal; NaN, which no comparison accepts, if the two have no common order. */
function distance(value: unknown, literal: Literal, order?: readonly string[]): number {
  if (typeof value === "number" && literal.kind === "number") return value - literal.value
  if (typeof value !== "string") return Number.NaN
  if (literal.kind === "date") return parseMoment(value) - literal.value
  if (literal.kind !== "text") return Number.NaN
  if (order !== undefined) return rank(order, value) - rank(order, literal.value)
  const apart = parseMoment(value) - parseMoment(literal.value)
  return Number.isNaN(apart) ? compare(value, literal.value) : apart
}

function rank(order: readonly string[], word: string): number {
  const at = order.indexOf(word)
  return at === -1 ? Number.NaN : at
}

type SortKey = string | number

/** null sorts first, and items without an order keep their place. */
function sortKey(value: unknown, order: readonly string[] | undefined): SortKey {
  if (typeof value === "number") return value
  if (typeof value === "boolean") return Number(value)
  if (typeof value !== "string") return ""
  return order === undefined ? value : order.indexOf(value)
}

function compare(x: SortKey, y: SortKey): number {
  return x < y ? -1 : Number(x > y)
}

function refuse(message: string): { ok: false; message: string } {
  return { ok: false, message }
}
