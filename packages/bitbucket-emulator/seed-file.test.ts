import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { loadSeed } from "./seed.ts"
import { readSeedFile } from "./seed-file.ts"

let folder = ""

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "emulator-seed-"))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

function write(text: string): string {
  const path = join(folder, "seed.yaml")
  writeFileSync(path, text)
  return path
}

/** The lines of the error, without the folder. */
function faultsOf(text: string): string[] {
  const path = write(text)
  try {
    readSeedFile(path)
  } catch (error) {
    return (error as Error).message.replaceAll(`${folder}/`, "").split("\n")
  }
  return []
}

test("a seed in YAML works, and one in JSON just as well", () => {
  const seed = { people: [{ username: "ada", password: "lovelace" }] }
  expect(readSeedFile(write("people:\n  - { username: ada, password: lovelace }\n"))).toEqual(seed)
  expect(readSeedFile(write(JSON.stringify(seed)))).toEqual(seed)
  expect(loadSeed(readSeedFile(write("")))).toEqual({ people: [], workspaces: [], clients: [] })
})

test("every fault is one line that says where it is and what is wrong", () => {
  const faults = faultsOf(`people:
  - username: ada
    password: lovelace
    pasword: typo
  - username: ""
    password: x
    emails:
      - { email: not-an-address }

workspaces:
  - slug: Works
    members: { ada: boss }
    repositories:
      - { name: One, is_private: perhaps }

clients:
  - key: k
    secret: s
    name: n
    scopes: [account, openid]
`)
  expect(faults.map((fault) => fault.split(": ").slice(0, 2))).toEqual([
    ["seed.yaml:4", "people.0.pasword"],
    ["seed.yaml:5", "people.1.username"],
    ["seed.yaml:8", "people.1.emails.0.email"],
    ["seed.yaml:11", "workspaces.0.slug"],
    ["seed.yaml:12", "workspaces.0.members.ada"],
    ["seed.yaml:14", "workspaces.0.repositories.0.is_private"],
    ["seed.yaml:20", "clients.0.scopes.1"],
  ])
  expect(faults[0]).toBe("seed.yaml:4: people.0.pasword: is not known here")
  expect(faults[3]).toContain("lower-case letters, digits")
})

test("every name must refer to something that exists, and only once", () => {
  expect(
    faultsOf(`people:
  - { username: ada, password: x }
  - { username: ada, password: y }
workspaces:
  - slug: works
    members: { bob: owner }
    repositories:
      - name: One
        permissions: { eve: read }
clients:
  - { key: k, secret: s, name: n, workspace: elsewhere }
`),
  ).toEqual([
    "seed.yaml:3: people.1.username: ada is there twice",
    "seed.yaml:6: workspaces.0.members.bob: there is no person bob",
    "seed.yaml:9: workspaces.0.repositories.0.permissions.eve: there is no person eve",
    "seed.yaml:11: clients.0.workspace: there is no workspace elsewhere",
  ])
})

test("capitals do not make another person, and an address belongs to one person", () => {
  expect(
    faultsOf(`people:
  - { username: ada, password: x, emails: [{ email: ada@example.com }] }
  - { username: Ada, password: y }
  - { username: bob, password: z, emails: [{ email: ADA@example.com }, { email: bob@example.com }] }
`),
  ).toEqual([
    "seed.yaml:3: people.1.username: ada is there twice",
    "seed.yaml:4: people.2.emails.0.email: ada@example.com is there twice",
  ])
})

test("capitals make another client, because a key is not a word", () => {
  expect(faultsOf("clients: [{ key: k, secret: s, name: n }, { key: K, secret: s, name: n }]")).toEqual([])
})

test("repositories of one workspace have slugs, and different ones", () => {
  expect(
    faultsOf(`workspaces:
  - slug: works
    repositories:
      - name: "???"
      - name: Hello World
      - name: hello, world
      - { name: Other, slug: hello-world }
  - { slug: elsewhere, repositories: [{ name: Hello World }] }
`),
  ).toEqual([
    "seed.yaml:4: workspaces.0.repositories.0.name: leaves no slug: give it one",
    "seed.yaml:6: workspaces.0.repositories.2.name: hello-world is there twice",
    "seed.yaml:7: workspaces.0.repositories.3.slug: hello-world is there twice",
  ])
})

test("an alias without its anchor is one line as well", () => {
  expect(faultsOf("people:\n  - username: ada\n    password: *nowhere\n")).toEqual([
    "seed.yaml:3: there is no anchor named nowhere",
  ])
})

test("invalid YAML is refused with its line", () => {
  const [fault] = faultsOf("people:\n  - username: 'ada\n")
  expect(fault).toMatch(/^seed\.yaml:\d+: \S/)
  expect(faultsOf("people: []\npeople: []\n")).toEqual(["seed.yaml:2: Map keys must be unique"])
})

test("a file that is not a seed is refused, and a missing file is named", () => {
  expect(faultsOf("- just\n- a list\n")[0]).toMatch(/^seed\.yaml:1: /)
  expect(() => readSeedFile(join(folder, "absent.yaml"))).toThrow(`${folder}/absent.yaml: ENOENT`)
})
