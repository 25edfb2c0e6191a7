/** How far a clock has been moved, and whether it stands still. */
export interface ClockSetting {
  readonly offsetMs: number
  readonly frozenAtMs: number | null
}

/**
 * The emulator's only source of time. It follows the wall clock until a test moves it: time is advanced, never
 * patched, because a patched global would move the program under test too.
 */
export class Clock {
  #offsetMs = 0
  #frozenAtMs: number | null = null

  /** Milliseconds since the epoch, as the emulated Bitbucket sees them. */
  now(): number {
    return this.#frozenAtMs ?? Date.now() + this.#offsetMs
  }

  /**
   * The machine's own time, which cannot be moved. Clients make OAuth 1.0a timestamps and JWTs with their own clock,
   * so judging them by an advanced one would refuse every call.
   */
  wallNow(): number {
    return Date.now()
  }

  date(): Date {
    return new Date(this.now())
  }

  get isFrozen(): boolean {
    return this.#frozenAtMs !== null
  }

  advance(byMs: number): void {
    this.set(this.now() + byMs)
  }

  set(toMs: number): void {
    if (this.#frozenAtMs === null) this.#offsetMs = toMs - Date.now()
    else this.#frozenAtMs = toMs
  }

  freeze(): void {
    this.#frozenAtMs = this.now()
  }

  /** Lets a frozen clock continue from where it stopped. */
  resume(): void {
    if (this.#frozenAtMs === null) return
    const resumedAtMs = this.#frozenAtMs
    this.#frozenAtMs = null
    this.set(resumedAtMs)
  }

  get setting(): ClockSetting {
    return { offsetMs: this.#offsetMs, frozenAtMs: this.#frozenAtMs }
  }

  /** Sets the clock as another one was. */
  restore({ offsetMs, frozenAtMs }: ClockSetting): void {
    this.#offsetMs = offsetMs
    this.#frozenAtMs = frozenAtMs
  }

  reset(): void {
    this.restore({ offsetMs: 0, frozenAtMs: null })
  }
}
