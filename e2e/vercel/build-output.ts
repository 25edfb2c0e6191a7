import { existsSync } from "node:fs"
import { cp, lstat, mkdir, readdir, readFile, realpath } from "node:fs/promises"
import path from "node:path"

export type Condition = { type: "header" | "cookie" | "query" | "host"; key: string; value?: string }

/** A route of `config.json`. @see https://vercel.com/docs/build-output-api/configuration */
export type Route = {
  src?: string
  dest?: string
  handle?: string
  headers?: Record<string, string>
  status?: number
  continue?: boolean
  check?: boolean
  methods?: string[]
  has?: Condition[]
  missing?: Condition[]
  middlewarePath?: string
}

export type FunctionOutput = {
  /** Below `functions/`, without `.func`: the path that it answers. */
  name: string
  folder: string
  handler: string
  isFetch: boolean
  runtime: string
  maxDuration: number | undefined
  /** Every file and symbolic link in its upload. */
  files: { name: string; source: string; bytes: number; isLink: boolean }[]
}

export type BuildOutput = {
  folder: string
  routes: Route[]
  crons: { path: string; schedule: string }[]
  functions: FunctionOutput[]
}

type FunctionConfig = {
  handler: string
  runtime: string
  maxDuration?: number
  useWebApi?: boolean
  filePathMap?: Record<string, string>
}

/** Reads the output of `vercel build`. @param project the folder in which it ran */
export async function readBuildOutput(project: string): Promise<BuildOutput> {
  const folder = path.join(project, ".vercel/output")
  const { routes, crons } = JSON.parse(await readFile(path.join(folder, "config.json"), "utf8"))
  const names = (await readdir(path.join(folder, "functions"), { recursive: true }))
    .filter((name) => name.endsWith(".func"))
    .sort()
  const functions = await Promise.all(names.map((name) => readFunction(project, folder, name)))
  return { folder, routes, crons, functions }
}

async function readFunction(project: string, output: string, name: string): Promise<FunctionOutput> {
  const folder = await realpath(path.join(output, "functions", name))
  const config = JSON.parse(await readFile(path.join(folder, ".vc-config.json"), "utf8")) as FunctionConfig
  const own = (await readdir(folder, { recursive: true })).map(
    (file) => [file, path.join(folder, file)] as const,
  )
  const mapped = Object.entries(config.filePathMap ?? {}).map(
    ([file, source]) => [file, path.join(project, source)] as const,
  )
  const files = []
  for (const [file, source] of [...own, ...mapped]) {
    const status = await lstat(source)
    const isLink = status.isSymbolicLink()
    if (status.isFile() || isLink) files.push({ name: file, source, bytes: status.size, isLink })
  }
  return {
    name: name.slice(0, -".func".length),
    folder,
    handler: config.handler,
    isFetch: config.useWebApi === true,
    runtime: config.runtime,
    maxDuration: config.maxDuration,
    files,
  }
}

/** Puts the files of a function where its handler expects them. @returns the handler's file */
export async function unpackFunction(
  { folder, files, handler }: FunctionOutput,
  target: string,
): Promise<string> {
  if (!existsSync(target)) {
    await mkdir(target, { recursive: true })
    for (const { name, source } of files)
      await cp(source, path.join(target, name), { verbatimSymlinks: true })
  }
  if (!files.some(({ name }) => name === handler)) throw new Error(`${folder} lacks its handler`)
  return path.join(target, handler)
}
