import type { Frame } from "./cpu-profile"

const WIDTH = 1_200
const ROW = 17
/** Narrower frames cannot be read, and there are thousands. */
const NARROWEST = 1.2
const LETTER = 6.6

/** A flame graph that any browser shows: one box for each function, as wide as its share, its callers below it. */
export function flameGraph(tree: Frame, title: string): string {
  const boxes: string[] = []
  const perMs = WIDTH / tree.totalMs
  let deepest = 0
  const draw = (frame: Frame, x: number, depth: number) => {
    const width = frame.totalMs * perMs
    if (width < NARROWEST) return
    deepest = Math.max(deepest, depth)
    boxes.push(box(frame, x, depth, width, frame.totalMs / tree.totalMs))
    let childX = x
    for (const child of frame.children) {
      draw(child, childX, depth + 1)
      childX += child.totalMs * perMs
    }
  }
  draw(tree, 0, 0)
  const height = (deepest + 1) * ROW + 30
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="11">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="8" y="18" font-size="14">${escaped(title)}</text>`,
    `<g transform="translate(0 ${height - ROW})">`,
    ...boxes,
    "</g>",
    "</svg>\n",
  ].join("\n")
}

function box({ name, owner }: Frame, x: number, depth: number, width: number, share: number): string {
  const [left, wide] = [Number(x.toFixed(1)), width.toFixed(1)]
  const top = -depth * ROW
  const text = owner && owner !== name ? `${name} · ${owner}` : name
  const letters = Math.floor((width - 6) / LETTER)
  const label = letters < 3 ? "" : text.length > letters ? `${text.slice(0, letters - 1)}…` : text
  const written = label && `<text x="${left + 3}" y="${top + 12}">${escaped(label)}</text>`
  const shape = `<rect x="${left}" y="${top}" width="${wide}" height="${ROW - 1}" fill="${colourOf(owner)}"/>`
  return `<g><title>${escaped(text)}: ${(share * 100).toFixed(1)} %</title>${shape}${written}</g>`
}

/** What is this repository's own is green, Next and React are blue, Node and V8 grey, other packages orange. */
function colourOf(owner: string): string {
  if (/^(app|lib|components)\/|^(middleware|auth)\./.test(owner)) return "#8fce8f"
  if (/^(next|react)\b/.test(owner)) return "#a9c4ee"
  if (/^(Node|V8|native code|)$/.test(owner)) return "#d5d5d5"
  return "#f3bd84"
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
}
