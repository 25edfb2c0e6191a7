/** The header Strict-Transport-Security, RFC 6797 §6.1: two years, as the preload lists of browsers want it. */
export const DEFAULT_HSTS = "max-age=63072000; includeSubDomains"

export const HSTS_PATTERN = /^max-age=\d{1,10}(; includeSubDomains)?(; preload)?$/

/** Continues a sentence that begins with the variable's name. */
export const HSTS_PROBLEM =
  "must be a value of the header Strict-Transport-Security such as max-age=31536000; includeSubDomains, or max-age=0 to switch it off"
