import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { expect, test } from "@playwright/test"
import { run } from "../../scripts/run"

const shadcn = ["npx", "--yes", "shadcn@4.23.1"]
const names = ["connection-card", "repository-picker", "sessions-list", "sign-in-button"]

/** What `shadcn init` writes, without a base colour, which it would look up in the network. */
const COMPONENTS_JSON = {
  style: "new-york",
  rsc: true,
  tsx: true,
  tailwind: { config: "", css: "app/globals.css", baseColor: "", cssVariables: true },
  aliases: { components: "@/components", utils: "@/lib/utils" },
}

const PAGE = `import { ConnectionCard } from "@/components/connection-card"
import { RepositoryPicker } from "@/components/repository-picker"
import { SessionsList } from "@/components/sessions-list"
import { SignInButton } from "@/components/sign-in-button"

async function act() {
  "use server"
}

async function search() {
  "use server"
  return { repositories: [], missing: [] }
}

export default function Page() {
  return (
    <>
      <SignInButton action={act} />
      <ConnectionCard name="Ada" state="ended" scopes={["account"]} onReconnect={act} onDisconnect={act} />
      <SessionsList sessions={[]} onSignOut={act} />
      <RepositoryPicker label="Repository" search={search} />
    </>
  )
}
`

test("shadcn adds each component to a new app from create-next-app, where it compiles", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "registry-"))
  const app = path.join(folder, "my-app")
  try {
    const choices = "--ts --app --tailwind --no-eslint --no-src-dir --import-alias @/* --use-npm --yes"
    await succeed(["npx", "--yes", "create-next-app@16.4.3", app, ...choices.split(" ")], folder)
    await succeed([...shadcn, "build", "--cwd", "registry", "--output", path.join(folder, "r")])
    await writeFile(path.join(app, "components.json"), JSON.stringify(COMPONENTS_JSON))
    const files = names.map((name) => path.join(folder, "r", `${name}.json`))
    await succeed([...shadcn, "add", "--yes", ...files], app)
    for (const name of names) {
      const added = await readFile(path.join(app, "components", `${name}.tsx`), "utf8")
      expect(added).toBe(await readFile(`registry/${name}.tsx`, "utf8"))
    }
    await writeFile(path.join(app, "app/page.tsx"), PAGE)
    await succeed(["npx", "tsc", "--noEmit"], app)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

async function succeed(command: string[], cwd = process.cwd()): Promise<void> {
  const { exitCode, output } = await run(command, { cwd, isQuiet: true })
  expect(exitCode, output).toBe(0)
}
