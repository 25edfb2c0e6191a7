import { headers } from "next/headers"
import { LocalTimesScript } from "@/components/local-times-script"
import { nonceOf } from "@/lib/server/response-headers"

/** Comes before the times of a page, and converts them to the viewer's own time zone. */
export async function LocalTimes() {
  return <LocalTimesScript nonce={nonceOf((await headers()).get("content-security-policy"))} />
}
