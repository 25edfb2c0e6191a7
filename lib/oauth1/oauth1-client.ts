import { bitbucketFetch } from "@/lib/bitbucket/client"
import { processWide } from "@/lib/server/process-wide"
import { createOAuth1Client, type OAuth1Client } from "./client"
import { oauth1Endpoints } from "./endpoints"
import { readConsumer } from "./environment"

let created: { client: OAuth1Client | null } | undefined

/** This deployment's client; null if none is set. The whole process shares what it learns about Bitbucket's clock. */
export function oauth1Client(): OAuth1Client | null {
  created ??= { client: createClient() }
  return created.client
}

function createClient(): OAuth1Client | null {
  const consumer = readConsumer()
  if (!consumer) return null
  const skew = processWide("oauth1-clock-skew", () => ({ ms: 0 }))
  return createOAuth1Client({ ...consumer, endpoints: oauth1Endpoints(), fetch: bitbucketFetch, skew })
}
