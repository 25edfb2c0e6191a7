/** The parts of autocannon that we use. It has no types of its own. */
declare module "autocannon" {
  type Request = { headers: Record<string, string> }

  type Options = {
    url: string
    connections: number
    /** Seconds. */
    duration: number
    /** Seconds. */
    timeout: number
    requests: {
      method: string
      headers: Record<string, string>
      setupRequest: (request: Request) => Request
    }[]
  }

  type Instance = {
    on: (
      event: "response",
      hear: (client: unknown, status: number, bytes: number, ms: number) => void,
    ) => Instance
  }

  function autocannon(
    options: Options,
    done: (error: Error | null, result: { errors: number }) => void,
  ): Instance

  export = autocannon
}
