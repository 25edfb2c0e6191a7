/** Whether what was granted covers a scope; `account:write` and its like contain the scope they extend. */
export function isGranted(scope: string, granted: readonly string[]): boolean {
  return granted.some((candidate) => candidate === scope || candidate === `${scope}:write`)
}
