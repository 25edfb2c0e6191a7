import { Clock } from "../clock.ts"
import { type Emulator, startEmulator } from "../index.ts"
import { UserAgent } from "../trace/user-agent.ts"
import { postToken, type Target } from "./target.ts"

const CLIENT = { clientId: "emulatorClientKey1", clientSecret: "emulatorClientSecret123456789012" }

/** The emulator as the target of observations, with a grant of the demo person. */
export async function emulatedTarget(
  start: () => Promise<Emulator> = () => startEmulator({ port: 0 }),
): Promise<{ target: Target; close: () => Promise<void> }> {
  const { siteUrl, apiUrl, control, close } = await start()
  const withoutGrant: Target = {
    ...CLIENT,
    siteUrl,
    apiUrl,
    refreshToken: null,
    code: null,
    pass: async (minutes) => void (await control.advanceClock(`${minutes}m`)),
  }
  const form = new URLSearchParams({
    grant_type: "authorization_code",
    code: await authorizeByHand(siteUrl),
  })
  const tokens = (await (await postToken(withoutGrant, form)).json()) as { refresh_token: string }
  const target = { ...withoutGrant, refreshToken: tokens.refresh_token, code: await authorizeByHand(siteUrl) }
  return { target, close }
}

/** Obtains a code, which a person does by hand at real Bitbucket. */
async function authorizeByHand(siteUrl: string): Promise<string> {
  const agent = new UserAgent(new Clock())
  const signIn = new URL("/account/signin/", siteUrl)
  await agent.get(signIn)
  const csrfmiddlewaretoken = agent.cookie(signIn, "csrftoken") ?? ""
  await agent.post(signIn, { csrfmiddlewaretoken, username: "demo", password: "demo" })
  const { location } = await agent.post(new URL("/site/oauth2/authorize", siteUrl), {
    csrfmiddlewaretoken,
    client_id: CLIENT.clientId,
    response_type: "code",
    action: "approve",
  })
  return location?.searchParams.get("code") ?? ""
}
