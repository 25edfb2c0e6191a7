/** The header of every answer that depends on who asks. */
export const noStore = { "cache-control": "private, no-store" }
