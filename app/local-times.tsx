import { headers } from "next/headers"
import { LocalTimesScript } from "@/components/local-times-script"
import { nonceOf } from "@/lib/server/response-headers"

/** Converts the times on a page to the viewer's time zone. Place it before the first of them. */
export async function LocalTimes() {
  return <LocalTimesScript nonce={nonceOf((await headers()).get("content-security-policy"))} />
}
