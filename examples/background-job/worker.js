/** Sets the build statuses that were asked for, as the people who asked, and ends. As many may run as you like. */
import { BitbucketError } from "auth-bitbucket/client"
import { TokenUnavailableError, UserAuthorizationRequiredError } from "auth-bitbucket/connections"
import { bitbucketFor, database, migrate } from "./bitbucket.js"

await migrate()
for (let job = await take(); job; job = await take()) {
  const { status, reason = null, retryInSeconds = 0 } = await run(job)
  await database.query(
    "update build_status_job set status = $2, reason = $3, run_at = now() + make_interval(secs => $4) where id = $1",
    [job.id, status, reason, retryInSeconds],
  )
  console.log(job.id, status, reason ?? "")
}
await database.end()

/** A job is `running` before its write is sent: if this process dies meanwhile, no other sends it again. */
async function take() {
  const { rows } = await database.query(`
    update build_status_job set status = 'running' where id = (
      select id from build_status_job where status = 'waiting' and run_at <= now()
       order by id limit 1 for update skip locked
    ) returning id, account, repository, commit, build_state`)
  return rows[0]
}

/** @see https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commit-statuses/ */
async function run({ account, repository, commit, build_state }) {
  try {
    const path = `/2.0/repositories/${repository}/commit/${commit}/statuses/build`
    await bitbucketFor(account).request("POST", path, {
      key: "example-worker",
      state: build_state,
      url: "https://ci.example.com/builds",
    })
    return { status: "done" }
  } catch (error) {
    return outcomeOf(error)
  }
}

function outcomeOf(error) {
  // Nothing was sent in these two cases.
  if (error instanceof UserAuthorizationRequiredError)
    return { status: "needs_sign_in", reason: error.reason }
  if (error instanceof TokenUnavailableError) {
    return { status: "waiting", reason: error.code, retryInSeconds: error.retryAfterSeconds }
  }
  if (!(error instanceof BitbucketError)) throw error
  // Bitbucket did nothing.
  if (error.code === "rate_limited") {
    return { status: "waiting", reason: error.code, retryInSeconds: error.retryAfterSeconds ?? 60 }
  }
  // Bitbucket may have done it or not. A person has to look before it is sent again.
  if (error.isTransient) return { status: "unknown", reason: error.code }
  return { status: "failed", reason: error.code }
}
