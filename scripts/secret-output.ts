import { writeFile } from "node:fs/promises"

/** Where a program may put a secret: on a terminal in front of a person, or in a file that only they can read. */
export type SecretOutput = { file: string } | "terminal"

/**
 * @param args of the program: `--out FILE`, or nothing
 * @returns null if the secret would go into a pipe or a log
 */
export function chooseSecretOutput(args: readonly string[]): SecretOutput | null {
  const at = args.indexOf("--out")
  const file = at === -1 ? undefined : args[at + 1]
  if (file) return { file }
  return process.stdout.isTTY ? "terminal" : null
}

/** Writes a secret to that place. Never overwrites a file. */
export async function putSecret(output: SecretOutput, values: Record<string, unknown>): Promise<void> {
  const text = `${JSON.stringify(values, null, 2)}\n`
  if (output === "terminal") {
    process.stdout.write(text)
    return
  }
  await writeFile(output.file, text, { mode: 0o600, flag: "wx" })
  process.stdout.write(`Written to ${output.file}, for your eyes only.\n`)
}

/** What a program prints if `chooseSecretOutput` returns null. */
export const NO_PLACE_FOR_A_SECRET =
  "This prints what opens an account, so it prints to a terminal only. Name a file instead: -- --out token.json"
