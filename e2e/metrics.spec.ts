import { expect, test } from "./fixtures"
import { signInFrom } from "./person"

test("metrics require their secret, and count what a person just did", async ({
  page,
  request,
  environment,
}) => {
  for (const authorization of ["", "Bearer", `Bearer ${environment.CRON_SECRET}`])
    expect((await request.get("/api/metrics", { headers: { authorization } })).status()).toBe(401)
  await signInFrom(page, "/profile")
  const headers = { authorization: `Bearer ${environment.METRICS_SECRET}` }
  const response = await request.get("/api/metrics", { headers })
  expect(response.headers()["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8")
  const text = await response.text()
  expect(text).toContain('bitbucket_recent_events{kind="signed_in"} 1')
  expect(text).toContain("bitbucket_sessions 1")
  expect(text).toMatch(/^bitbucket_sign_ins_total\{outcome="signed_in"\} [1-9]/m)
  expect(text).toMatch(
    /^bitbucket_request_duration_seconds_count\{endpoint="\/2\.0\/user",status="2xx"\} [1-9]/m,
  )
  expect(text).not.toMatch(/demo|@|127\.0\.0\.1|\{[0-9a-f]{8}-/i)
})
