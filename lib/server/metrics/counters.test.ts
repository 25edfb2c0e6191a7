import { expect, test } from "vitest"
import { count, observeRequest, readCounters } from "./counters"
import { formatMetrics } from "./prometheus-text"

const lines = () => formatMetrics(readCounters()).split("\n")

test("a counter grows with each event and keeps outcomes apart", () => {
  count("bitbucket_sign_ins_total", { outcome: "signed_in" })
  count("bitbucket_sign_ins_total", { outcome: "access_denied" })
  count("bitbucket_sign_ins_total", { outcome: "signed_in" })
  count("bitbucket_refreshes_total", { outcome: "refreshed", lease: "taken" })
  count("bitbucket_refreshes_total", { lease: "taken", outcome: "refreshed" })
  expect(lines()).toEqual(
    expect.arrayContaining([
      "# TYPE bitbucket_sign_ins_total counter",
      'bitbucket_sign_ins_total{outcome="signed_in"} 2',
      'bitbucket_sign_ins_total{outcome="access_denied"} 1',
      'bitbucket_refreshes_total{outcome="refreshed",lease="taken"} 2',
    ]),
  )
})

test("the duration of calls is a histogram whose buckets add up, the last of them all calls", () => {
  for (const seconds of [0.004, 0.02, 0.02, 7])
    observeRequest(seconds, { endpoint: "/2.0/user", status: "2xx" })
  const name = "bitbucket_request_duration_seconds"
  const labels = 'endpoint="/2.0/user",status="2xx"'
  expect(lines()).toEqual(
    expect.arrayContaining([
      `# TYPE ${name} histogram`,
      `${name}_bucket{${labels},le="0.005"} 1`,
      `${name}_bucket{${labels},le="0.01"} 1`,
      `${name}_bucket{${labels},le="0.025"} 3`,
      `${name}_bucket{${labels},le="5"} 3`,
      `${name}_bucket{${labels},le="+Inf"} 4`,
      `${name}_sum{${labels}} 7.044`,
      `${name}_count{${labels}} 4`,
    ]),
  )
})
