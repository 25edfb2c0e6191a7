import { z } from "zod"
import { environment } from "@/lib/env"
import type { Account } from "./account"
import { type ApiCredential, getResource, requestResource } from "./api-client"
import { BitbucketError } from "./errors"
import type { Profile } from "./profile"
import { personText } from "./text"

/** `id` stays when a person is renamed; name and slug do not. */
const userSchema = z
  .object({
    id: z.int(),
    slug: z.string().min(1).max(256),
    displayName: personText,
    emailAddress: z.email().max(320).optional().catch(undefined),
    active: z.boolean().optional(),
  })
  .transform(({ id, slug, displayName, emailAddress, active }) => ({
    account: {
      uuid: `datacenter:${id}`,
      accountId: String(id),
      displayName,
      nickname: null,
      username: slug,
      location: null,
      accountStatus: active === false ? "inactive" : "active",
      createdOn: null,
      avatarUrl: null,
    } satisfies Account,
    // The address is the directory's, and its administrators answer for it.
    emails: emailAddress ? [{ address: emailAddress, isPrimary: true, isConfirmed: true }] : [],
  }))

/** Reads a person of Bitbucket Data Center, who has no address "of oneself": first who it is, then the rest. */
export async function getDataCenterProfile(credential: ApiCredential): Promise<Profile> {
  const { BITBUCKET_SITE_URL: site } = environment()
  const name = await getUsername(`${site}/plugins/servlet/applinks/whoami`, credential)
  // A slug is the name in lower case; other letters that an address cannot hold are rare in names.
  const slug = encodeURIComponent(name.toLowerCase())
  return getResource(`${site}/rest/api/latest/users/${slug}`, credential, userSchema)
}

/**
 * Every answer to somebody who is signed in names them in a header. Where anonymous visitors are let in, a token
 * that has lapsed makes one of them instead of a refusal (sourcebot-dev/sourcebot, pull request 998): then there is
 * no name, and that is the refusal.
 */
async function getUsername(url: string, credential: ApiCredential): Promise<string> {
  const response = await requestResource(url, credential)
  const header = response.headers.get("x-ausername")
  const name = header ? decoded(header) : (await response.text()).trim()
  if (name === "") throw new BitbucketError("unauthorized", { status: response.status })
  if (name === null || name.length > 256 || /[\s<]/.test(name))
    throw new BitbucketError("unexpected_answer", { status: 200 })
  return name
}

/** @returns null where it is no percent-encoding (RFC 3986 §2.1) */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
