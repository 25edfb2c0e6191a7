import { existsSync, readFileSync } from "node:fs"
import { SourceMap } from "node:module"
import { fileURLToPath } from "node:url"

type Call = { functionName: string; url: string; lineNumber: number; columnNumber: number }

type Node = { id: number; callFrame: Call; children?: number[] }

/** What V8's profiler writes. */
export type CpuProfile = { nodes: Node[]; samples: number[]; timeDeltas: number[] }

/** Where processor time was: in a function, called by its parent. */
export type Frame = {
  name: string
  /** The package or the part of this repository that the function is of. */
  owner: string
  /** Milliseconds in the function itself. */
  selfMs: number
  /** With everything that it called. */
  totalMs: number
  children: Frame[]
}

/** Not what a server does while it waits, and not what recording takes. */
const isWork = ({ functionName, url }: Call) =>
  !["(idle)", "(program)", "(root)"].includes(functionName) && !url.endsWith("/flame/recorder.mjs")

/** Makes the tree of calls, with the names that the functions have in the sources. Idle time is left out. */
export function callTree({ nodes, samples, timeDeltas }: CpuProfile): Frame {
  const selfMs = new Map<number, number>()
  for (const [index, id] of samples.entries())
    selfMs.set(id, (selfMs.get(id) ?? 0) + (timeDeltas[index] ?? 0) / 1_000)
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const frameOf = (node: Node): Frame => {
    const children = (node.children ?? []).flatMap((id) => {
      const child = byId.get(id)
      return child && isWork(child.callFrame) ? [frameOf(child)] : []
    })
    const merged = mergeSame(children)
    const own = selfMs.get(node.id) ?? 0
    const totalMs = merged.reduce((sum, child) => sum + child.totalMs, own)
    return { ...nameOf(node.callFrame), selfMs: own, totalMs, children: merged }
  }
  const [root] = nodes
  if (!root) throw new Error("The profile is empty")
  const tree = frameOf(root)
  return { ...tree, name: "all", owner: "", totalMs: tree.totalMs - tree.selfMs, selfMs: 0 }
}

/** Calls of the same name beside each other are one; V8 tells closures of one function apart. */
function mergeSame(frames: Frame[]): Frame[] {
  const merged = new Map<string, Frame>()
  for (const frame of frames) {
    const key = `${frame.owner} ${frame.name}`
    const known = merged.get(key)
    if (!known) merged.set(key, frame)
    else
      merged.set(key, {
        ...known,
        selfMs: known.selfMs + frame.selfMs,
        totalMs: known.totalMs + frame.totalMs,
        children: mergeSame([...known.children, ...frame.children]),
      })
  }
  return [...merged.values()].toSorted((one, other) => other.totalMs - one.totalMs)
}

/**
 * The tree without recursion: who is called again on the way down is the one further up. React walks a page in
 * hundreds of steps of the same few functions.
 */
export function withoutRecursion(tree: Frame): Frame {
  const root: Frame = { ...tree, children: [] }
  const put = ({ name, owner, selfMs, children }: Frame, callers: readonly Frame[]) => {
    const again = callers.findIndex((caller) => caller.name === name && caller.owner === owner)
    const above = again < 0 ? callers : callers.slice(0, again)
    const frame = again < 0 ? childOf(callers.at(-1) ?? root, name, owner) : (callers[again] as Frame)
    frame.selfMs += selfMs
    for (const child of children) put(child, [...above, frame])
  }
  for (const child of tree.children) put(child, [root])
  return totalled(root)
}

function childOf(caller: Frame, name: string, owner: string): Frame {
  const known = caller.children.find((child) => child.name === name && child.owner === owner)
  if (known) return known
  const child: Frame = { name, owner, selfMs: 0, totalMs: 0, children: [] }
  caller.children.push(child)
  return child
}

function totalled(frame: Frame): Frame {
  const children = frame.children.map(totalled).toSorted((one, other) => other.totalMs - one.totalMs)
  return { ...frame, children, totalMs: children.reduce((sum, { totalMs }) => sum + totalMs, frame.selfMs) }
}

/** Milliseconds by owner, the most first. */
export function selfMsByOwner(tree: Frame): [owner: string, ms: number][] {
  const sums = new Map<string, number>()
  const add = (frame: Frame) => {
    sums.set(frame.owner, (sums.get(frame.owner) ?? 0) + frame.selfMs)
    for (const child of frame.children) add(child)
  }
  add(tree)
  return [...sums].toSorted(([, one], [, other]) => other - one)
}

const maps = new Map<string, SourceMap | null>()

function sourceMapOf(file: string): SourceMap | null {
  const known = maps.get(file)
  if (known !== undefined) return known
  const map = existsSync(`${file}.map`)
    ? new SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8")))
    : null
  maps.set(file, map)
  return map
}

function nameOf({ functionName, url, lineNumber, columnNumber }: Call): Pick<Frame, "name" | "owner"> {
  const name = functionName || "(anonymous)"
  if (url === "") return { name, owner: functionName.startsWith("(") ? "V8" : "native code" }
  if (url.startsWith("node:")) return { name, owner: "Node" }
  const file = url.startsWith("file:") ? fileURLToPath(url) : url
  const entry = sourceMapOf(file)?.findEntry(lineNumber, columnNumber)
  if (!entry || !("originalSource" in entry)) return { name, owner: ownerOf(file, "") }
  // Node's types do not know the name that a source map can give.
  const { name: written } = entry as { name?: string }
  return { name: written || name, owner: ownerOf(file, decodeURIComponent(entry.originalSource)) }
}

/** A package, or a file of this repository. Next brings React with it, and one file holds the whole of both. */
function ownerOf(file: string, source: string): string {
  const inPackage = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/
  const [, packageOfFile] = inPackage.exec(file) ?? []
  if (packageOfFile === "next")
    return /compiled\/react-server-dom/.test(source)
      ? "react (server components)"
      : /compiled\/react-dom/.test(source)
        ? "react (HTML)"
        : /compiled\/react/.test(source)
          ? "react"
          : "next"
  if (packageOfFile) return packageOfFile
  const [, bundled] = inPackage.exec(source) ?? []
  if (bundled) return bundled
  if (source.startsWith("turbopack:") && source.includes("[turbopack]")) return "next"
  return (source || file).replace(/^.*?(?=(app|lib|components|bench)\/|(middleware|auth)\.)/, "")
}
