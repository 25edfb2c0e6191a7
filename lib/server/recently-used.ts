/** Remembers a limited number of values. Forgets the least recently used one first. */
export function createRecentlyUsed<Value>(most: number) {
  const values = new Map<string, Value>()
  return {
    get(key: string): Value | undefined {
      const value = values.get(key)
      if (value === undefined) return undefined
      values.delete(key)
      values.set(key, value)
      return value
    },
    set(key: string, value: Value): void {
      values.delete(key)
      values.set(key, value)
      const [longestUnused] = values.keys()
      if (values.size > most && longestUnused !== undefined) values.delete(longestUnused)
    },
  }
}
