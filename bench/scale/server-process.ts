import { randomUUID } from "node:crypto"
import { setTimeout as wait } from "node:timers/promises"
import { type Connections, createConnections, TokenUnavailableError } from "auth-bitbucket/connections"
import { createPostgresStore } from "auth-bitbucket/postgres"
import { Pool } from "pg"
import { client } from "../../test/bitbucket-grant"
import { accountOf, type Crowd } from "./crowd"

export type ServerSettings = {
  databaseUrl: string
  tokenUrl: string
  secret: string
  /** Eight hexadecimal digits: every lease that this process takes begins with them. */
  name: string
}

export type Order =
  /** Asks for these connections' tokens one after the other, and after each for that of a random other connection. */
  | { kind: "ask"; of: Crowd; numbers: number[] }
  /** Asks for tokens of both crowds in turn, while no other server asks. */
  | { kind: "compare"; small: Crowd; large: Crowd; calls: number }

export type Asked = {
  /** How long callers waited, in milliseconds: those whose token had expired, and those whose token was valid. */
  expiredMs: number[]
  validMs: number[]
  /** Callers that were told to wait, and came back. */
  waits: number
  /** Callers that got any other error, by its message. */
  failures: Record<string, number>
  statements: Record<string, number>
  memoryMb: number
}

export type Compared = { smallMs: number[]; largeMs: number[] }

/** How many callers a server has at a time. */
const CALLERS = 4
const RETRY_AFTER_MS = 1_000
const LONGEST_WAIT_MS = 40_000

/** One server: nothing but the package, a connection pool and its callers. */
process.once("message", (settings: ServerSettings) => {
  const server = new Server(settings)
  process.on("message", async (order: Order) => {
    process.send?.(order.kind === "ask" ? await server.ask(order) : await server.compare(order))
  })
  process.send?.("ready")
})
process.on("disconnect", () => process.exit())

class Server {
  readonly #settings: ServerSettings
  readonly #pool: Pool
  readonly #connections = new Map<string, Connections>()
  #statements: Record<string, number> = {}

  constructor(settings: ServerSettings) {
    this.#settings = settings
    this.#pool = new Pool({ connectionString: settings.databaseUrl, max: CALLERS })
  }

  async ask({ of, numbers }: Extract<Order, { kind: "ask" }>): Promise<Asked> {
    this.#statements = {}
    const asked = {
      expiredMs: [] as number[],
      validMs: [] as number[],
      waits: 0,
      failures: {} as Record<string, number>,
    }
    const connections = this.#of(of)
    const rest = [...numbers].reverse()
    const call = async () => {
      for (let number = rest.pop(); number !== undefined; number = rest.pop()) {
        asked.expiredMs.push(await this.#time(connections, number, asked))
        asked.validMs.push(await this.#time(connections, anyOf(of), asked))
      }
    }
    await Promise.all(Array.from({ length: CALLERS }, call))
    return { ...asked, statements: this.#statements, memoryMb: process.memoryUsage.rss() / 2 ** 20 }
  }

  async compare({ small, large, calls }: Extract<Order, { kind: "compare" }>): Promise<Compared> {
    const compared: Compared = { smallMs: [], largeMs: [] }
    const asked = { waits: 0, failures: {} }
    for (let index = 0; index < calls; index++) {
      compared.smallMs.push(await this.#time(this.#of(small), anyOf(small), asked))
      compared.largeMs.push(await this.#time(this.#of(large), anyOf(large), asked))
    }
    if (asked.waits > 0 || Object.keys(asked.failures).length > 0)
      throw new Error("A valid token was not served")
    return compared
  }

  /** @returns how long the caller waited in total, however often it came back */
  async #time(
    { getToken }: Connections,
    number: number,
    asked: Pick<Asked, "waits" | "failures">,
  ): Promise<number> {
    const startedAt = performance.now()
    for (;;) {
      try {
        await getToken(accountOf(number))
        return performance.now() - startedAt
      } catch (error) {
        const isPatient = performance.now() - startedAt < LONGEST_WAIT_MS
        if (!(error instanceof TokenUnavailableError && isPatient)) {
          const { message } = error as Error
          asked.failures[message] = (asked.failures[message] ?? 0) + 1
          return performance.now() - startedAt
        }
        asked.waits++
        await wait(RETRY_AFTER_MS)
      }
    }
  }

  #of({ schema }: Crowd): Connections {
    const known = this.#connections.get(schema)
    if (known) return known
    const { tokenUrl, secret, name } = this.#settings
    const connections = createConnections({
      store: createPostgresStore({
        schema,
        query: (text, values) => {
          const verb = text.trimStart().slice(0, 6)
          this.#statements[verb] = (this.#statements[verb] ?? 0) + 1
          return this.#pool.query(text, values)
        },
      }),
      secrets: [secret],
      oauth: { url: tokenUrl, clientId: client.id, clientSecret: client.secret },
      newId: () => name + randomUUID().slice(8),
    })
    this.#connections.set(schema, connections)
    return connections
  }
}

/** A random one of a crowd: most of them are not cached. */
function anyOf({ size }: Crowd): number {
  return Math.floor(Math.random() * size)
}
