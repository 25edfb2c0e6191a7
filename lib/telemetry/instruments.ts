import { metrics, trace } from "@opentelemetry/api"
import { SCOPE } from "./spans"

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpclientrequestduration */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5]
/** Of the five seconds that a person waits at most. */
const WAIT_BUCKETS = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000]

function createInstruments() {
  const meter = metrics.getMeter(SCOPE)
  return {
    signIns: meter.createCounter("bitbucket.sign_ins", { description: "Sign-ins that ended, by outcome." }),
    refreshes: meter.createCounter("bitbucket.refreshes", {
      description: "Renewals of an access token, by outcome.",
    }),
    admissionChecks: meter.createCounter("bitbucket.admission_checks", {
      description: "Questions to Bitbucket whether an account is still admitted, by answer.",
    }),
    refreshWait: meter.createHistogram("bitbucket.refresh.wait", {
      description: "How long a renewal waited for its lease, or for somebody else's renewal.",
      unit: "ms",
      advice: { explicitBucketBoundaries: WAIT_BUCKETS },
    }),
    requestDuration: meter.createHistogram("http.client.request.duration", {
      description: "Duration of calls to Bitbucket.",
      unit: "s",
      advice: { explicitBucketBoundaries: DURATION_BUCKETS },
    }),
  }
}

let created: ReturnType<typeof createInstruments> | undefined

/** What this app measures, made on first use: an instrument that was made before registration measures nothing. */
export function instruments(): ReturnType<typeof createInstruments> {
  created ??= createInstruments()
  return created
}

/** Says how a sign-in ended, to the span that it ran in and to the counter. */
export function signInEnded(outcome: string): void {
  trace.getActiveSpan()?.setAttribute("bitbucket.outcome", outcome)
  instruments().signIns.add(1, { "bitbucket.outcome": outcome })
}
