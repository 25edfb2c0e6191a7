import type { BitbucketErrorCode } from "auth-bitbucket/client"
import type { ConnectionError } from "@/lib/accounts/connection-error"
import type { Failure } from "./bitbucket-reading"

type FailureText = {
  title: string
  /** What it means for the user, and who can fix it. */
  explanation: string
  /** When to try again if Bitbucket does not say; null if trying again does not help. */
  retry: string | null
}

const notAnswering: FailureText = {
  title: "Bitbucket is not answering.",
  explanation: "You stay signed in, and nothing is wrong with your account.",
  retry: "in a minute or two",
}

const texts: Record<BitbucketErrorCode | ConnectionError["code"], FailureText> = {
  unreachable: notAnswering,
  unavailable: notAnswering,
  bitbucket_unavailable: notAnswering,
  rate_limited: {
    title: "Bitbucket has asked us to wait.",
    explanation: "It has had too many requests from this site. Nothing is wrong with your account.",
    retry: "in a few minutes",
  },
  asked_too_often: {
    title: "Too many requests.",
    explanation:
      "This site has asked Bitbucket for you as often as it may within a minute. Nothing is wrong with your account.",
    retry: "in a minute",
  },
  unexpected_answer: {
    title: "Bitbucket’s answer made no sense.",
    explanation: "So there is nothing to show at the moment.",
    retry: "in a minute or two",
  },
  refused: {
    title: "Bitbucket rejected this request.",
    explanation: "Only the owner of this site can fix that. There is nothing for you to do.",
    retry: null,
  },
  incomplete_list: {
    title: "Bitbucket did not list everything.",
    explanation: "So there is nothing to show at the moment.",
    retry: "in a minute or two",
  },
  forbidden: {
    title: "Bitbucket does not let you see this.",
    explanation:
      "A workspace may admit certain networks only, or ask for two-step verification. Its administrators can tell you.",
    retry: null,
  },
  insufficient_scope: {
    title: "Bitbucket does not let this site see this.",
    explanation: "Nothing is wrong with your account.",
    retry: null,
  },
  not_found: {
    title: "Bitbucket no longer has this.",
    explanation: "It was removed or renamed there a moment ago.",
    retry: null,
  },
  endpoint_removed: {
    title: "Bitbucket no longer offers this to apps.",
    explanation: "The owner of this site has to update it. There is nothing for you to do.",
    retry: null,
  },
  unauthorized: notAnswering,
  // Never shown, because the app has redirected these users to sign in again.
  reauthorization_required: notAnswering,
}

/** Longer pauses are given in minutes. */
const LONGEST_IN_SECONDS = 120

/** Says why a page cannot show something from Bitbucket, and never repeats Bitbucket's own words. */
export function failureText(failure: Failure): FailureText {
  const text = texts[failure.code]
  const retryAfterSeconds = "retryAfterSeconds" in failure ? failure.retryAfterSeconds : null
  return text.retry && retryAfterSeconds ? { ...text, retry: pauseText(retryAfterSeconds) } : text
}

function pauseText(seconds: number): string {
  if (seconds === 1) return "in a second"
  return seconds <= LONGEST_IN_SECONDS ? `in ${seconds} seconds` : `in ${Math.ceil(seconds / 60)} minutes`
}
