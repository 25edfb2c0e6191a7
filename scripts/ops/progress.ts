const WIDTH = 30

type Terminal = { isTTY?: boolean; write: (text: string) => unknown }

export type Progress = {
  update: (done: number) => void
  /** Removes the bar. */
  end: () => void
}

/**
 * Draws a bar on a terminal, and nothing if the output goes anywhere else.
 *
 * @param label before the bar: what the command is doing
 * @param total how many there are to do
 * @param output where the command's result goes
 * @param terminal where the bar is drawn, apart from the result
 */
export function startProgress(
  label: string,
  total: number,
  output: Pick<Terminal, "isTTY"> = process.stdout,
  terminal: Terminal = process.stderr,
): Progress {
  if (!output.isTTY || !terminal.isTTY) return { update: () => undefined, end: () => undefined }
  let drawn = ""
  const draw = (done: number) => {
    const bar = barOf(done, total)
    if (bar === drawn) return
    drawn = bar
    terminal.write(`\r${label} ${bar}`)
  }
  draw(0)
  return { update: draw, end: () => terminal.write("\r\u001B[K") }
}

function barOf(done: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const filled = Math.floor(share * WIDTH)
  return `[${"#".repeat(filled)}${"-".repeat(WIDTH - filled)}] ${done} of ${Math.max(done, total)}`
}
