/**
 * A singleton of this process, such as its database pool. A module's variable exists once per bundle, because Next
 * bundles each route separately. Don't use it for code that throws our own errors: each bundle has its own classes, and `instanceof`
 * does not recognize another bundle's.
 *
 * @param create runs at the first use in this process
 */
export function processWide<Thing extends object>(name: string, create: () => Thing): Thing {
  const key = Symbol.for(`sign-in-with-bitbucket.${name}`)
  const registry = globalThis as typeof globalThis & { [key: symbol]: Thing | undefined }
  const thing = registry[key] ?? create()
  registry[key] = thing
  return thing
}
