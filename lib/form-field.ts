/**
 * A field of the form that a server action was sent. Anybody can call an action with something that is no form
 * at all, whatever its signature says.
 *
 * @returns its text; `null` where there is none
 */
export function formField(form: unknown, name: string): string | null {
  const value = form instanceof FormData ? form.get(name) : null
  return typeof value === "string" ? value : null
}
