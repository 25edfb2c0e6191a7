/** 0: done. 1: something is wrong. 2: wrong usage. */
export type ExitCode = 0 | 1 | 2

type Flag = "json" | "all" | "yes"

/** What the operator typed after the command. */
export type Given = Record<Flag, boolean> & { account: string | undefined }

/** One command of `npm run ops`. */
export type OperatorCommand = {
  /** What `--help` prints. */
  usage: string
  flags: readonly Flag[]
  takesAccount: boolean
  /** Prints the result. Throws an `OperatorError` if it cannot do what the operator asked for. */
  run: (given: Given) => Promise<ExitCode>
}

/** A failure that an operator can act on. The message says what is wrong and what to do. */
export class OperatorError extends Error {
  /** For programs: printed as {"error": code} with --json. */
  readonly code: string
  readonly exitCode: ExitCode

  constructor(code: string, sentence: string, exitCode: ExitCode = 1) {
    super(sentence)
    this.code = code
    this.exitCode = exitCode
  }
}

export const accountHelp =
  "ACCOUNT  the account's uuid, with or without braces, or its id at Data Center; its username; or the connection's id"

/** Prints a result, for programs or for people. */
export function printResult({ json }: Pick<Given, "json">, result: object, sentence: string): void {
  console.log(json ? JSON.stringify(result) : sentence)
}
