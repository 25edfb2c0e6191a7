/**
 * What a process has one of, such as the pool of its database. A variable of a module is one per bundle: Next
 * bundles routes apart. Not for code that throws our own errors: each bundle has its own classes, and `instanceof`
 * knows no others.
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
