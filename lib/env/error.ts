/** The environment is unusable. The message has one sentence per variable and never a value. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError"
  readonly code = "invalid_environment"

  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`)
    this.problems = problems
  }
}
