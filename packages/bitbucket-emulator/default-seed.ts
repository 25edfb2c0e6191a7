import { readFileSync } from "node:fs"
import { parse } from "yaml"

/** The contents of `seed/default.yaml`. The build replaces this module by one that holds them: parsing YAML takes time. */
export function readDefaultSeed(): unknown {
  return parse(readFileSync(new URL("./seed/default.yaml", import.meta.url), "utf8"))
}
