import { createPrivateKey } from "node:crypto"
import { z } from "zod"
import { parseVariables } from "@/lib/env"
import type { Consumer } from "./signed-header"

/** Deployment panels keep one line: in a key, "\n" may stand for the end of one. */
const privateKey = z
  .string()
  .transform((value) => value.replaceAll("\\n", "\n"))
  .refine((value) => isRsaKey(value), "must be an RSA private key in PEM: openssl genrsa 2048")

const schema = z
  .object({
    BITBUCKET_OAUTH1_KEY: z.string().optional(),
    BITBUCKET_OAUTH1_SECRET: z.string().optional(),
    BITBUCKET_OAUTH1_PRIVATE_KEY: privateKey.optional(),
  })
  .superRefine(({ BITBUCKET_OAUTH1_KEY, BITBUCKET_OAUTH1_SECRET, BITBUCKET_OAUTH1_PRIVATE_KEY }, context) => {
    const given = [BITBUCKET_OAUTH1_SECRET, BITBUCKET_OAUTH1_PRIVATE_KEY].filter(Boolean).length
    const fail = (name: string, message: string) =>
      context.addIssue({ code: "custom", path: [name], message })
    if (BITBUCKET_OAUTH1_KEY && given !== 1)
      fail("BITBUCKET_OAUTH1_KEY", "needs either BITBUCKET_OAUTH1_SECRET or BITBUCKET_OAUTH1_PRIVATE_KEY")
    if (!BITBUCKET_OAUTH1_KEY && given > 0)
      fail("BITBUCKET_OAUTH1_KEY", "is required if its secret or private key is set")
  })
  .transform((value): Consumer | null => {
    const { BITBUCKET_OAUTH1_KEY: consumerKey, BITBUCKET_OAUTH1_SECRET: consumerSecret } = value
    const { BITBUCKET_OAUTH1_PRIVATE_KEY: pem } = value
    if (!consumerKey) return null
    if (pem) return { consumerKey, key: { method: "RSA-SHA1", privateKey: pem } }
    return { consumerKey, key: { method: "HMAC-SHA1", consumerSecret: consumerSecret ?? "" } }
  })

/**
 * Reads the consumer that this deployment signs in with.
 *
 * @returns null if none is set: the legacy sign-in is off
 * @throws EnvironmentError
 */
export function readConsumer(source?: Readonly<Record<string, string | undefined>>): Consumer | null {
  return parseVariables(schema, source)
}

function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === "rsa"
  } catch {
    return false
  }
}
