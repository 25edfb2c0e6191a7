/** Every page that a person can reach; those behind a sign-in are graded with its cookie. */
export const publicPages = ["/", "/signin", "/privacy", "/disconnected", "/auth/error?error=access_denied"]

export const privatePages = [
  "/profile",
  "/profile?show=developers",
  "/integrations/bitbucket",
  "/workspaces",
  "/workspaces/emulated-works",
  "/sessions",
  "/activity",
]

/** Pages that search engines are told not to index: a user's own, and temporary ones. */
export function isLeftOutBySearch(path: string): boolean {
  return privatePages.includes(path) || path === "/disconnected" || path.startsWith("/auth/error")
}
