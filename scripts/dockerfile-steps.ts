import { spawnSync } from "node:child_process"
import { cp, readFile } from "node:fs/promises"
import path from "node:path"
import { copyRepository } from "./copy-repository"

/** What a container of the Dockerfile's last stage would start, as a folder of this machine. */
export type ContainerFolder = { folder: string; command: string[]; environment: Record<string, string> }

type Stage = { root: string; workdir: string; environment: Record<string, string>; command: string[] }

/**
 * Takes the steps of the Dockerfile of a repository one by one, with this machine's Node in place of the base
 * image's: each stage is a folder. Not every machine has an engine for containers.
 *
 * @param repository what git tracks or would track of it is the build context
 * @param emptyFolder where the stages are made
 * @param onStep is told each step before it is taken
 */
export async function takeDockerfileSteps(
  repository: string,
  emptyFolder: string,
  onStep: (step: string) => void = () => undefined,
): Promise<ContainerFolder> {
  const text = await readFile(path.join(repository, "Dockerfile"), "utf8")
  const steps = text.split("\n").filter((line) => line && !line.startsWith("#"))
  const stages = new Map<string, Stage>()
  let stage: Stage | undefined
  for (const step of steps) {
    onStep(step)
    const [instruction = "", ...words] = step.split(/\s+/)
    const rest = step.slice(instruction.length + 1)
    if (instruction === "FROM") {
      const name = words[2] ?? "last"
      stage = { root: path.join(emptyFolder, name), workdir: "/", environment: {}, command: [] }
      stages.set(name, stage)
      continue
    }
    if (!stage) throw new Error(`A Dockerfile begins with FROM, not with ${instruction}`)
    if (instruction === "WORKDIR") stage.workdir = path.posix.resolve(stage.workdir, rest)
    else if (instruction === "ENV") addVariable(stage, rest)
    else if (instruction === "COPY") await copy(stage, words, stages, repository)
    else if (instruction === "RUN") runCommand(stage, rest)
    else if (instruction === "CMD") stage.command = JSON.parse(rest) as string[]
    else if (!["USER", "EXPOSE", "HEALTHCHECK"].includes(instruction))
      throw new Error(`${instruction} is not known here`)
  }
  if (!stage) throw new Error("The Dockerfile has no stage")
  return { folder: inside(stage, "."), command: stage.command, environment: stage.environment }
}

function inside({ root, workdir }: Stage, file: string): string {
  return path.join(root, path.posix.resolve(workdir, file))
}

function addVariable(stage: Stage, assignment: string): void {
  const separator = assignment.indexOf("=")
  stage.environment[assignment.slice(0, separator)] = assignment.slice(separator + 1)
}

async function copy(stage: Stage, words: string[], stages: Map<string, Stage>, repository: string) {
  const from = words[0]?.startsWith("--from=")
    ? stages.get(words.shift()?.slice("--from=".length) ?? "")
    : null
  if (from === undefined) throw new Error("COPY --from names a stage that is not there")
  const target = inside(stage, words.pop() ?? "")
  for (const source of words) {
    if (from) await cp(path.join(from.root, source), target, { recursive: true, verbatimSymlinks: true })
    else if (source === ".") await copyRepository(repository, target)
    else await cp(path.join(repository, source), path.join(target, path.basename(source)))
  }
}

function runCommand(stage: Stage, command: string): void {
  const { PATH, HOME, TMPDIR } = process.env
  const environment: Record<string, string | undefined> = { PATH, HOME, TMPDIR, ...stage.environment }
  const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
    cwd: inside(stage, "."),
    encoding: "utf8",
    env: environment as NodeJS.ProcessEnv,
  })
  if (status !== 0) throw new Error(`RUN ${command} failed:\n${stdout}${stderr}`)
}
