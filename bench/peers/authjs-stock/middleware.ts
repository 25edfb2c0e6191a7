/** As in the documentation, so that a refreshed session reaches the browser: pages cannot set cookies. */
export { auth as middleware } from "./auth"

export const config = { runtime: "nodejs", matcher: ["/profile"] }
