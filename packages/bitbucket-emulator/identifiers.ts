import { createHash } from "node:crypto"

/** A UUID in braces (BB-U1) that is the same for the same name on every run and every machine. */
export function stableUuid(name: string): string {
  return `{${dashedUuid(name)}}`
}

/** An Atlassian account id of the form `<digits>:<uuid>` (BB-U2), stable like the UUID. */
export function stableAccountId(name: string): string {
  const digits = 100_000 + (digest(`account:${name}`).readUInt32BE() % 900_000)
  return `${digits}:${dashedUuid(`account:${name}`)}`
}

/** A repository's slug, made from its name; empty if the name has no letter for one. */
export function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^-+|-+$/g, "")
}

function dashedUuid(name: string): string {
  const bytes = digest(name).subarray(0, 16)
  // Version 5 and the RFC 9562 variant, so that strict UUID parsers accept what is really a hash.
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString("hex")
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
}

function digest(name: string): Buffer {
  return createHash("sha256").update(name).digest()
}
