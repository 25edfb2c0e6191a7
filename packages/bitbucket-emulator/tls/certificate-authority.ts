import { generateKeyPairSync } from "node:crypto"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type * as Forge from "node-forge"
import type { Clock } from "../clock.ts"
import type { Randomness } from "../randomness.ts"

const CERTIFICATE = "ca.pem"
const KEY = "ca-key.pem"
const DAY_MS = 24 * 60 * 60 * 1000

/** The folder of the certificate authority contains something else. */
export class AuthorityError extends Error {
  readonly code = "authority_unreadable"

  constructor(folder: string, cause: unknown) {
    super(
      `${folder} contains no usable ${CERTIFICATE} and ${KEY}: move it away, and the emulator creates both again.`,
      {
        cause,
      },
    )
    this.name = "AuthorityError"
  }
}

/** A TLS server's certificate and key: PEM, both. */
export interface ServerCertificate {
  readonly key: string
  readonly cert: string
}

/** A certificate authority of this machine. */
export interface Authority {
  /** The PEM file that clients have to trust. */
  readonly certificateFile: string
  /** A certificate for these names, valid for a year. */
  readonly issue: (names: readonly string[]) => ServerCertificate
}

interface Tools {
  readonly clock: Clock
  readonly randomness: Randomness
}

/**
 * Opens the authority in `folder`, or creates it there. It can vouch only for `domain` and the names below it
 * (RFC 5280 §4.2.1.10), so that a lost key does not endanger other sites.
 *
 * @throws AuthorityError
 */
export async function openAuthority(folder: string, domain: string, tools: Tools): Promise<Authority> {
  // Here, because without TLS it is not needed.
  const { default: forge } = await import("node-forge")
  if (!existsSync(folder)) keepIn(folder, makeAuthority(forge, domain, tools))
  try {
    const certificate = forge.pki.certificateFromPem(readFileSync(join(folder, CERTIFICATE), "utf8"))
    const key = forge.pki.privateKeyFromPem(readFileSync(join(folder, KEY), "utf8"))
    return {
      certificateFile: join(folder, CERTIFICATE),
      issue: (names) => issue(forge, { certificate, key }, names, tools),
    }
  } catch (error) {
    throw new AuthorityError(folder, error)
  }
}

/** Both files appear at the same time, and the first of two emulators that start together wins. */
function keepIn(folder: string, { key, cert }: ServerCertificate): void {
  mkdirSync(dirname(folder), { recursive: true })
  const draft = mkdtempSync(`${folder}-`)
  writeFileSync(join(draft, KEY), key, { mode: 0o600 })
  writeFileSync(join(draft, CERTIFICATE), cert, { mode: 0o644 })
  try {
    renameSync(draft, folder)
  } catch (error) {
    rmSync(draft, { recursive: true })
    if (!existsSync(join(folder, CERTIFICATE))) throw error
  }
}

function makeAuthority(forge: typeof Forge, domain: string, tools: Tools): ServerCertificate {
  const keys = generateKeys(forge)
  const subject = [
    { name: "organizationName", value: "bitbucket-emulator" },
    { name: "commonName", value: "bitbucket-emulator, not Bitbucket and not Atlassian" },
  ]
  const certificate = draftCertificate(forge, keys.publicKey, { days: 3650, subject, issuer: subject }, tools)
  certificate.setExtensions([
    { name: "basicConstraints", critical: true, cA: true, pathLenConstraint: 0 },
    { name: "keyUsage", critical: true, keyCertSign: true, cRLSign: true },
    { name: "nameConstraints", id: "2.5.29.30", critical: true, value: nameConstraints(forge, domain) },
    { name: "subjectKeyIdentifier" },
  ])
  certificate.sign(keys.privateKey, forge.md.sha256.create())
  return { key: keys.pem, cert: forge.pki.certificateToPem(certificate) }
}

function issue(
  forge: typeof Forge,
  authority: { certificate: Forge.pki.Certificate; key: Forge.pki.rsa.PrivateKey },
  names: readonly string[],
  tools: Tools,
): ServerCertificate {
  const keys = generateKeys(forge)
  const { attributes } = authority.certificate.subject
  const subject = [{ name: "commonName", value: names[0] ?? "" }]
  const dates = { days: 365, subject, issuer: attributes }
  const certificate = draftCertificate(forge, keys.publicKey, dates, tools)
  certificate.setExtensions([
    { name: "basicConstraints", critical: true, cA: false },
    { name: "keyUsage", critical: true, digitalSignature: true, keyEncipherment: true },
    { name: "extKeyUsage", serverAuth: true },
    { name: "subjectAltName", altNames: names.map((value) => ({ type: 2, value })) },
    { name: "subjectKeyIdentifier" },
    {
      name: "authorityKeyIdentifier",
      keyIdentifier: authority.certificate.generateSubjectKeyIdentifier().getBytes(),
    },
  ])
  certificate.sign(authority.key, forge.md.sha256.create())
  return { key: keys.pem, cert: forge.pki.certificateToPem(certificate) }
}

function draftCertificate(
  forge: typeof Forge,
  publicKey: Forge.pki.rsa.PublicKey,
  { days, subject, issuer }: Record<"subject" | "issuer", Forge.pki.CertificateField[]> & { days: number },
  { clock, randomness }: Tools,
): Forge.pki.Certificate {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = publicKey
  certificate.serialNumber = `01${randomness.digits(30)}`
  certificate.setSubject(subject)
  certificate.setIssuer(issuer)
  // Clients judge it by their own clocks, so the emulator's clock does not apply; one day back allows for a slow clock.
  certificate.validity.notBefore = new Date(clock.wallNow() - DAY_MS)
  certificate.validity.notAfter = new Date(clock.wallNow() + days * DAY_MS)
  return certificate
}

/** By Node: forge takes seconds for what OpenSSL does in a fraction of one. */
function generateKeys(forge: typeof Forge) {
  const { privateKey: pem, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  })
  return {
    pem,
    privateKey: forge.pki.privateKeyFromPem(pem),
    publicKey: forge.pki.publicKeyFromPem(publicKey),
  }
}

/** Permits the names at and below `domain`, and excludes every IP address. */
function nameConstraints({ asn1 }: typeof Forge, domain: string): Forge.asn1.Asn1 {
  const { CONTEXT_SPECIFIC, UNIVERSAL } = asn1.Class
  const [DNS_NAME, IP_ADDRESS, PERMITTED, EXCLUDED] = [2, 7, 0, 1]
  const subtree = (type: number, base: string) =>
    asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, [asn1.create(CONTEXT_SPECIFIC, type, false, base)])
  const every = (length: number) => subtree(IP_ADDRESS, "\0".repeat(2 * length))
  return asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, [
    asn1.create(CONTEXT_SPECIFIC, PERMITTED, true, [subtree(DNS_NAME, domain)]),
    asn1.create(CONTEXT_SPECIFIC, EXCLUDED, true, [every(4), every(16)]),
  ])
}
