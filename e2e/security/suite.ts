import { openFlow } from "../../lib/sign-in/flow-cookie"
import { test as base, expect } from "../fixtures"
import type { Answer } from "./http"
import { readSetCookie, Visitor } from "./visitor"

type Fixtures = {
  /** A visitor without a cookie. */
  visitor: Visitor
  /** Another visitor without a cookie. */
  stranger: Visitor
  /** The requests to Bitbucket's token endpoint so far, and its answers. */
  tokenRequests: () => Promise<{ grant_type: string | null; status: number | null }[]>
  /** The page where the person lands after the sign-in that a response starts; empty if it starts none. */
  landingOf: (answer: Answer) => Promise<string>
  /** What must be true after every test of the suite, whatever it did. */
  afterwards: undefined
}

/** The app, the emulated Bitbucket and the database of every browser test, seen from outside. */
export const test = base.extend<Fixtures>({
  visitor: async ({ appUrl, emulator }, use) => use(new Visitor({ appUrl, emulator })),
  stranger: async ({ appUrl, emulator }, use) => use(new Visitor({ appUrl, emulator })),
  tokenRequests: async ({ emulator }, use) =>
    use(async () =>
      (await emulator.control.listRequests()).filter(({ path }) => path.endsWith("/access_token")),
    ),

  landingOf: async ({ appUrl, environment }, use) =>
    use(async ({ setCookies }) => {
      const [flow] = setCookies
        .map(readSetCookie)
        .filter(({ name, value }) => name.startsWith("authjs.flow.") && value !== "")
      if (!flow) return ""
      const opened = await openFlow(flow.name, flow.value, [environment.AUTH_SECRET ?? ""])
      return new URL(opened?.next ?? "unreadable:", appUrl).href
    }),

  afterwards: [
    async ({ appLog, storedTokens }, use) => {
      await use(undefined)
      const written = appLog()
      for (const token of await storedTokens()) expect(written).not.toContain(token.slice(0, 40))
      expect(written).not.toMatch(/unhandled|uncaught|code_verifier|[?&]code=/i)
    },
    { auto: true },
  ],
})

export { expect }
