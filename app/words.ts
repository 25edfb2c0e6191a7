/** The text of the layout of all pages, and of the pages that replace another one. */
export const frame = { skip: "Skip to content" } as const

export const notFound = {
  title: "Page not found",
  eyebrow: "404",
  heading: "There is no page at this address",
  explanation: "The link may be old, or cut off.",
  toStart: "Go to the start page",
} as const

export const failure = {
  eyebrow: "Something went wrong",
  heading: "This page could not be shown",
  explanation: "The fault is on our side, and nothing of yours was changed.",
  retry: "Try again",
  reference: "If it happens again, give the owner of this site the reference {reference}.",
} as const
