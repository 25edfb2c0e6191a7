/** As the documentation has it, so that a renewed session reaches the browser: pages cannot set cookies. */
export { auth as middleware } from "./auth"

export const config = { runtime: "nodejs", matcher: ["/profile"] }
