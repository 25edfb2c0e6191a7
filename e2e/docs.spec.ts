import { spawn } from "node:child_process"
import { readdirSync } from "node:fs"
import { readFile } from "node:fs/promises"
import path from "node:path"
import { type CodeBlock, readCodeBlocks } from "./documentation"
import { expect, test } from "./fixtures"
import { Visitor } from "./security/visitor"

const pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", ...markdownBelow("docs")]

/** Commands that cannot run alongside these tests, and what runs them instead. */
const runElsewhere: Record<string, string> = {
  "npm ci && npm run demo": "scripts/first-steps.ts, by npm run test:first-steps",
  "npm ci && npm test": ".ci/run, and .github/workflows/test.yml",
  "npm run emulator": "packages/bitbucket-emulator/test/cli.test.ts",
  "docker build -t sign-in-with-bitbucket .": "the job `image` of .github/workflows/test.yml",
  "docker run --env-file .env.production -p 3000:3000 sign-in-with-bitbucket":
    "the job `image` of .github/workflows/test.yml",
  "npm ci\nnpx tsx scripts/build-standalone.ts": "e2e/deploy/global-setup.ts, by npm test -- deploy",
  "nginx -t && nginx -s reload": "nginx -t on the same file, by npm test -- deploy",
}

/** Its commands create separate apps: npm test -- examples-existing. */
const followedElsewhere = "docs/use-in-your-app.md"

const blocks = pages
  .filter((page) => page !== followedElsewhere)
  .flatMap(readCodeBlocks)
  .filter(({ language }) => language === "sh")

test("every command in the list of commands that run elsewhere is still in the documentation", () => {
  const commands = new Set(blocks.map(commandOf))
  for (const command of Object.keys(runElsewhere)) expect(commands).toContain(command)
})

for (const [command, places] of placesByCommand(blocks))
  test(`${command.split("\n")[0]} works as documented in ${places.join(", ")}`, async ({
    emulator,
    environment,
    appUrl,
  }) => {
    await new Visitor({ appUrl, emulator }).signIn()
    const here = command
      .replaceAll("https://app.example.com", appUrl)
      .replaceAll("http://127.0.0.1:4100", emulator.siteUrl)
    const { exitCode, output } = await run(here, environment)
    expect(exitCode, output).toBe(0)
    for (const name of ["AUTH_SECRET", "AUTH_BITBUCKET_SECRET", "CRON_SECRET", "METRICS_SECRET"])
      expect(output).not.toContain(environment[name])
  })

for (const page of pages)
  test(`${page} links only to existing files and headings, and names only existing commands`, async () => {
    const text = (await readFile(page, "utf8")).replaceAll(/^\s*```[\s\S]*?^\s*```$/gm, "")
    for (const [, inBrackets, plain = ""] of text.matchAll(/\]\((?:<([^>]+)>|([^)\s]+))\)/g)) {
      const target = inBrackets ?? plain
      if (/^[a-z]+:/.test(target)) {
        expect(URL.canParse(target), target).toBe(true)
        continue
      }
      const [file = "", anchor] = target.split("#")
      const resolved = file === "" ? page : path.join(path.dirname(page), file)
      if (anchor === undefined) expect(isThere(resolved), `${page} -> ${target}`).toBe(true)
      else expect(await headingsOf(resolved), `${page} -> ${target}`).toContain(anchor)
    }
    for (const [, script = ""] of text.matchAll(/`npm run ([\w:-]+)/g))
      expect(await scriptsOf("package.json", "packages/auth-bitbucket/package.json")).toContain(script)
    for (const [, program = ""] of text.matchAll(/`npx tsx ([\w./-]+)/g))
      expect(isThere(program), `${page} names ${program}`).toBe(true)
    const suites = await readFile("scripts/test.ts", "utf8")
    for (const [, suite = ""] of text.matchAll(/`npm test -- (\w[\w-]*)/g))
      if (suite !== "SUITE")
        expect(suites, `${page} names ${suite}`).toMatch(new RegExp(`^  "?${suite}"?: \\{`, "m"))
  })

async function scriptsOf(...manifests: string[]): Promise<string[]> {
  const texts = await Promise.all(manifests.map((file) => readFile(file, "utf8")))
  return texts.flatMap((text) => Object.keys(JSON.parse(text).scripts))
}

/** The commands to run here, each once, with every place in the documentation that names it. */
function placesByCommand(all: CodeBlock[]): Map<string, string[]> {
  const places = new Map<string, string[]>()
  for (const block of all) {
    const command = commandOf(block)
    if (command in runElsewhere) continue
    places.set(command, [...(places.get(command) ?? []), `${block.file}:${block.line}`])
  }
  return places
}

function commandOf({ text }: CodeBlock): string {
  return text
    .split("\n")
    .map((line) => line.replace(/^ {3}/, ""))
    .join("\n")
    .trim()
}

function run(command: string, environment: Record<string, string>) {
  return new Promise<{ exitCode: number | null; output: string }>((resolve) => {
    const child = spawn("bash", ["-euo", "pipefail", "-c", command], {
      env: { ...process.env, ...environment },
    })
    let output = ""
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        output += chunk
      })
    child.once("close", (exitCode) => resolve({ exitCode, output }))
  })
}

function markdownBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => path.join(folder, String(name)))
    .filter((name) => name.endsWith(".md"))
    .sort()
}

function isThere(file: string): boolean {
  const folder = path.dirname(file)
  try {
    return path.basename(file) === "." || readdirSync(folder).includes(path.basename(file))
  } catch {
    return false
  }
}

/** Made as GitHub makes them. */
async function headingsOf(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8")
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  )
}
