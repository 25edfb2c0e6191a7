import { createHash, randomBytes } from "node:crypto"

/** The source of random bytes. Injected, so that a fixture can be the same on every run. */
export type RandomBytes = (length: number) => Uint8Array

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
const DIGITS = "0123456789"

/** Draws everything unguessable that the emulator issues. */
export class Randomness {
  readonly #bytes: RandomBytes

  constructor(bytes: RandomBytes = pooledBytes()) {
    this.#bytes = bytes
  }

  /** Opaque base64url text of exactly `length` characters. */
  base64url(length: number): string {
    const bytes = this.#bytes(Math.ceil((length * 3) / 4))
    return Buffer.from(bytes).toString("base64url").slice(0, length)
  }

  alphanumeric(length: number): string {
    return this.#pick(ALPHANUMERIC, length)
  }

  digits(length: number): string {
    return this.#pick(DIGITS, length)
  }

  /** An integer between `min` and `max`, both included. */
  integer(min: number, max: number): number {
    return min + (Buffer.from(this.#bytes(4)).readUInt32BE() % (max - min + 1))
  }

  #pick(alphabet: string, length: number): string {
    return Array.from(this.#bytes(length), (byte) => alphabet[byte % alphabet.length]).join("")
  }
}

const POOL_LENGTH = 64 * 1024

/** The system's random bytes, fetched in bulk: a pair of tokens takes four kilobytes, and each fetch is expensive. */
function pooledBytes(): RandomBytes {
  let pool = Buffer.alloc(0)
  return (length) => {
    if (pool.length < length) pool = randomBytes(Math.max(POOL_LENGTH, length))
    const bytes = pool.subarray(0, length)
    pool = pool.subarray(length)
    return bytes
  }
}

/** The same numbers from 0 up to 1 for the same seed: for faults that occur at random and can be repeated. */
export function seededFractions(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The same bytes in the same order for the same seed: for fixtures, never for secrets. */
export function seededBytes(seed: string): RandomBytes {
  let block = 0
  let pool = Buffer.alloc(0)
  return (length) => {
    while (pool.length < length) {
      pool = Buffer.concat([pool, createHash("sha256").update(`${seed}:${block++}`).digest()])
    }
    const bytes = pool.subarray(0, length)
    pool = pool.subarray(length)
    return bytes
  }
}
