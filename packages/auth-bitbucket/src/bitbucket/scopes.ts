/** Whether what was granted covers a scope; scopes such as `account:write` contain the scope they extend. */
export function isGranted(scope: string, granted: readonly string[]): boolean {
  return granted.some((candidate) => candidate === scope || candidate === `${scope}:write`)
}
