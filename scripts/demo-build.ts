import { createHash } from "node:crypto"
import { readFile, writeFile } from "node:fs/promises"
import path from "node:path"
import { z } from "zod"
import { listFiles } from "./repository-copy"

/** Files that a build does not read. */
const notBuilt = /^(\.ci|\.github|bench|deploy|docs|e2e|scripts|test)\/|\.(test\.tsx?|md)$/
/** The variables that `next.config.ts` and Next itself put into a build. */
const variables = ["BITBUCKET_OAUTH1_KEY", "BUILD_STANDALONE", "HSTS"]
const environmentFiles = [".env", ".env.local", ".env.production", ".env.production.local"]

const noteFile = path.join(".next", "demo-build.json")

const noteSchema = z.object({ sources: z.string(), buildId: z.string() })

/**
 * Whether the build in `.next` is the demo's own and was made from the current sources.
 *
 * @param sources of `fingerprintSources`
 */
export async function isBuildCurrent(sources: string, folder = process.cwd()): Promise<boolean> {
  const [note, buildId] = await Promise.all([
    // There is none, or its demo was killed while it wrote it.
    readFile(path.join(folder, noteFile), "utf8")
      .then((text) => noteSchema.parse(JSON.parse(text)))
      .catch(() => null),
    readBuildId(folder),
  ])
  return note !== null && buildId !== null && note.sources === sources && note.buildId === buildId
}

/** Records which sources the build in `.next` was made from. */
export async function noteBuild(sources: string, folder = process.cwd()): Promise<void> {
  const note: z.infer<typeof noteSchema> = { sources, buildId: (await readBuildId(folder)) ?? "" }
  await writeFile(path.join(folder, noteFile), JSON.stringify(note))
}

/** A hash of everything that a build reads. */
export async function fingerprintSources(folder = process.cwd()): Promise<string> {
  const hash = createHash("sha256")
  for (const name of variables) hash.update(`${name}=${process.env[name] ?? ""}\0`)
  for (const [name, value] of Object.entries(process.env).sort())
    if (name.startsWith("NEXT_PUBLIC_")) hash.update(`${name}=${value}\0`)
  for (const file of environmentFiles) hash.update(await readFile(path.join(folder, file)).catch(() => ""))
  const files = (await listFiles(folder)).filter((file) => !notBuilt.test(file))
  for (const file of files) {
    const content = await readFile(path.join(folder, file)).catch(() => null)
    if (content !== null) hash.update(`${file}\0${content.length}\0`).update(content)
  }
  return hash.digest("hex")
}

async function readBuildId(folder: string): Promise<string | null> {
  return readFile(path.join(folder, ".next", "BUILD_ID"), "utf8").catch(() => null)
}
