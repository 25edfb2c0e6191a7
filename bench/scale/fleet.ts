import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { nextMessage } from "../refresh/fleet"
import { startProcess } from "./processes"
import type { Asked, Compared, Order, ServerSettings } from "./server-process"

type Answer<Kind extends Order["kind"]> = Kind extends "ask" ? Asked : Compared

/** One place in the fleet: a server that is killed gets a successor. */
export class FleetServer {
  readonly #settings: Omit<ServerSettings, "name">
  #process: ChildProcess | undefined
  /** Of the current process. */
  #name = ""

  constructor(settings: Omit<ServerSettings, "name">) {
    this.#settings = settings
  }

  async start(): Promise<void> {
    this.#name = Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, "0")
    const child = startProcess("server-process.ts")
    const ready = nextMessage(child)
    child.send({ ...this.#settings, name: this.#name } satisfies ServerSettings)
    await ready
    this.#process = child
  }

  /** @throws ProcessEnded if it is killed in the meantime */
  async order<Kind extends Order["kind"]>(order: Extract<Order, { kind: Kind }>): Promise<Answer<Kind>> {
    if (!this.#process) throw new Error("A server has to be started first")
    const answer = nextMessage<Answer<Kind>>(this.#process)
    this.#process.send(order)
    return answer
  }

  /** SIGKILL. @returns the name that its leases begin with */
  async kill(): Promise<string> {
    const child = this.#process
    if (!child || child.signalCode !== null) throw new Error("There is no server to kill")
    const gone = once(child, "exit")
    child.kill("SIGKILL")
    await gone
    return this.#name
  }
}
