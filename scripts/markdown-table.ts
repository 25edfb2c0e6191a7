/** A Markdown table with aligned columns, as in the rest of this repository. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  )
  const lines = [head, widths.map((width) => "-".repeat(width)), ...rows]
  const write = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`
  return lines.map(write).join("\n")
}
