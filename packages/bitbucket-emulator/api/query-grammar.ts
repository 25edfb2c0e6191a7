/** A parsed `q` (official: the narrative's chapter on filtering). */
export type Expression =
  | { readonly kind: "any" | "all"; readonly parts: readonly Expression[] }
  | {
      readonly kind: "condition"
      /** Names with dots between them. */
      readonly field: string
      readonly operator: Operator
      /** One literal, or the list inside the parentheses of IN. */
      readonly values: readonly Literal[]
    }

type Operator = "=" | "!=" | "~" | "!~" | ">" | ">=" | "<" | "<=" | "IN" | "NOT IN"

export type Literal =
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean }
  /** Milliseconds since 1970. */
  | { readonly kind: "date"; readonly value: number }
  | { readonly kind: "null"; readonly value: null }

/** A date or time as Bitbucket writes it. A plus sign may arrive as the space that it decodes to. */
const MOMENT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[-+ ]\d\d:?\d\d)?)?/

/** NaN for anything but a date or time. Without an offset it is UTC. */
export function parseMoment(text: string): number {
  if (MOMENT.exec(text)?.[0] !== text) return Number.NaN
  const spelled = text
    .replace(" ", "+")
    .replace(/([-+]\d\d)(\d\d)$/, (whole, hours, minutes) =>
      text.includes("T") ? `${hours}:${minutes}` : whole,
    )
  return Date.parse(
    /T.*(?:Z|[-+]\d\d:\d\d)$/.test(spelled) || !spelled.includes("T") ? spelled : `${spelled}Z`,
  )
}

type Token =
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "mark"; readonly text: string }
  | { readonly kind: "literal"; readonly literal: Literal }

const MARK = /^(?:[!><]=|!~|[=~><(),])/
const NAME = /^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*/
const NUMBER = /^-?\d+(?:\.\d+)?(?![\w.])/
const TEXT = /^"((?:[^"\\]|\\.)*)"/s

/** Deeper than any real query nests, and shallower than the stack. */
const MAX_DEPTH = 50

/** null for text outside the grammar. */
export function parseQuery(q: string): Expression | null {
  const tokens = tokenize(q)
  if (tokens === null) return null
  const parser = new Parser(tokens)
  const expression = parser.anyOf(0)
  return parser.isAtEnd ? expression : null
}

function tokenize(q: string): Token[] | null {
  const tokens: Token[] = []
  for (let rest = q.trimStart(); rest !== ""; rest = rest.trimStart()) {
    const read = readToken(rest)
    if (read === null) return null
    tokens.push(read.token)
    rest = rest.slice(read.length)
  }
  return tokens
}

function readToken(rest: string): { token: Token; length: number } | null {
  const literal = (value: Literal, length: number) => ({
    token: { kind: "literal", literal: value } as const,
    length,
  })
  const text = TEXT.exec(rest)
  if (text) {
    return literal({ kind: "text", value: (text[1] ?? "").replace(/\\(.)/gs, "$1") }, text[0].length)
  }
  const moment = MOMENT.exec(rest)?.[0]
  if (moment !== undefined && !Number.isNaN(parseMoment(moment))) {
    return literal({ kind: "date", value: parseMoment(moment) }, moment.length)
  }
  const number = NUMBER.exec(rest)?.[0]
  if (number !== undefined) return literal({ kind: "number", value: Number(number) }, number.length)
  const mark = MARK.exec(rest)?.[0]
  if (mark !== undefined) return { token: { kind: "mark", text: mark }, length: mark.length }
  const name = NAME.exec(rest)?.[0]
  return name === undefined ? null : { token: { kind: "name", text: name }, length: name.length }
}

const CONSTANTS: Readonly<Record<string, Literal>> = {
  TRUE: { kind: "boolean", value: true },
  FALSE: { kind: "boolean", value: false },
  NULL: { kind: "null", value: null },
}

const KEYWORDS: ReadonlySet<string> = new Set(["AND", "OR", "NOT", "IN", ...Object.keys(CONSTANTS)])

/** The literals that each operator accepts: `~` takes text, comparisons need values with an order. */
function takes(operator: Operator, { kind }: Literal): boolean {
  if (operator === "~" || operator === "!~") return kind === "text"
  if (/^[<>]/.test(operator)) return kind !== "boolean" && kind !== "null"
  return true
}

/** AND binds more closely than OR. Each method returns null if the text leaves the grammar. */
class Parser {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length
  }

  anyOf(depth: number): Expression | null {
    return this.#joined("any", "OR", () => this.#joined("all", "AND", () => this.#unit(depth)))
  }

  #joined(kind: "any" | "all", keyword: string, read: () => Expression | null): Expression | null {
    const parts: Expression[] = []
    do {
      const part = read()
      if (part === null) return null
      parts.push(part)
    } while (this.#takeKeyword(keyword))
    return parts.length === 1 && parts[0] ? parts[0] : { kind, parts }
  }

  #unit(depth: number): Expression | null {
    if (!this.#takeMark("(")) return this.#condition()
    const inner = depth < MAX_DEPTH ? this.anyOf(depth + 1) : null
    return inner !== null && this.#takeMark(")") ? inner : null
  }

  #condition(): Expression | null {
    const field = this.#takeField()
    if (field === null) return null
    const isNegated = this.#takeKeyword("NOT")
    if (this.#takeKeyword("IN")) {
      const values = this.#takeList()
      return values && { kind: "condition", field, operator: isNegated ? "NOT IN" : "IN", values }
    }
    const operator = isNegated ? null : this.#takeOperator()
    const value = operator && this.#takeLiteral()
    return operator && value && takes(operator, value)
      ? { kind: "condition", field, operator, values: [value] }
      : null
  }

  #takeList(): Literal[] | null {
    if (!this.#takeMark("(")) return null
    const values: Literal[] = []
    do {
      const value = this.#takeLiteral()
      if (value === null) return null
      values.push(value)
    } while (this.#takeMark(","))
    return this.#takeMark(")") ? values : null
  }

  #takeField(): string | null {
    const token = this.#tokens[this.#at]
    if (token?.kind !== "name" || KEYWORDS.has(token.text.toUpperCase())) return null
    this.#at += 1
    return token.text
  }

  #takeOperator(): Operator | null {
    const token = this.#tokens[this.#at]
    if (token?.kind !== "mark" || /[(),]/.test(token.text)) return null
    this.#at += 1
    return token.text as Operator
  }

  #takeLiteral(): Literal | null {
    const token = this.#tokens[this.#at]
    this.#at += 1
    if (token?.kind === "literal") return token.literal
    const name = token?.kind === "name" ? token.text.toUpperCase() : ""
    return Object.hasOwn(CONSTANTS, name) ? (CONSTANTS[name] ?? null) : null
  }

  #takeKeyword(keyword: string): boolean {
    const token = this.#tokens[this.#at]
    const isNext = token?.kind === "name" && token.text.toUpperCase() === keyword
    if (isNext) this.#at += 1
    return isNext
  }

  #takeMark(mark: string): boolean {
    const token = this.#tokens[this.#at]
    const isNext = token?.kind === "mark" && token.text === mark
    if (isNext) this.#at += 1
    return isNext
  }
}
