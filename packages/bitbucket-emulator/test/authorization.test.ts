import { describe, expect, test } from "vitest"
import { Browser, locationOf } from "./browser.ts"
import { authorizationRequest, authorizePath, requestToken } from "./oauth-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()

async function signedInBrowser(username = "demo"): Promise<Browser> {
  const browser = new Browser(emulator.current)
  await browser.signIn(username)
  return browser
}

describe("the authorization request", () => {
  test("an anonymous browser signs in and returns to the very same request", async () => {
    const path = authorizePath(authorizationRequest({ scope: "account email", state: "a b/ü&=" }))
    const location = locationOf(await new Browser(emulator.current).get(path))
    expect(location.pathname).toBe("/account/signin/")
    expect(location.searchParams.get("next")).toBe(path)
  })

  test("a signed-in person sees which application asks for which scopes", async () => {
    const response = await (await signedInBrowser()).get(authorizePath(authorizationRequest()))
    const page = await response.text()
    expect(response.status).toBe(200)
    expect(page).toContain("Demo App asks for access")
    expect(page).toContain("Read your email addresses")
    expect(page).toContain('value="approve"')
    expect(page).toContain('value="deny"')
    expect(page).toContain('name="state" value="the-state-of-this-test"')
  })

  test("approval sends a code of 18 characters and the state to the callback (BB-A13)", async () => {
    const redirect_uri = "http://localhost:3000/api/auth/callback/bitbucket"
    const request = authorizationRequest({ redirect_uri, state: "a b/ü&=" })
    const location = locationOf(await (await signedInBrowser()).decide("approve", request))
    expect(`${location.origin}${location.pathname}`).toBe(redirect_uri)
    expect(location.searchParams.get("code")).toMatch(/^[A-Za-z0-9]{18}$/)
    expect(location.searchParams.get("state")).toBe("a b/ü&=")
    expect([...location.searchParams.keys()]).toEqual(["code", "state"])
  })

  test("the parameters work in the address as well as in the form", async () => {
    const browser = await signedInBrowser()
    const response = await browser.post(authorizePath(authorizationRequest()), { action: "approve" })
    expect(locationOf(response).searchParams.get("code")).not.toBeNull()
  })

  test("without redirect_uri the registered callback is used (BB-A3)", async () => {
    const location = locationOf(await (await signedInBrowser()).decide("approve", authorizationRequest()))
    expect(location.href).toMatch(/^http:\/\/localhost:3000\/\?code=/)
  })

  test("the query of a redirect_uri survives", async () => {
    const request = authorizationRequest({ redirect_uri: "http://localhost:3000/cb?tab=1" })
    const location = locationOf(await (await signedInBrowser()).decide("approve", request))
    expect([...location.searchParams.keys()]).toEqual(["tab", "code", "state"])
  })

  test("an absent state stays absent (BB-A10)", async () => {
    const { state: _, ...request } = authorizationRequest()
    const location = locationOf(await (await signedInBrowser()).decide("approve", request))
    expect([...location.searchParams.keys()]).toEqual(["code"])
  })

  test("a denial reaches the callback as access_denied (BB-A14)", async () => {
    const location = locationOf(await (await signedInBrowser()).decide("deny", authorizationRequest()))
    expect([...location.searchParams.keys()]).toEqual(["error", "error_description", "state"])
    expect(location.searchParams.get("error")).toBe("access_denied")
    expect(location.searchParams.get("state")).toBe("the-state-of-this-test")
  })

  test.each([
    ["a foreign redirect_uri", { redirect_uri: "https://evil.example/" }, "Invalid redirect_uri"],
    ["a longer host", { redirect_uri: "http://localhost:3000.evil/" }, "Invalid redirect_uri"],
    ["a longer port", { redirect_uri: "http://localhost:30001/" }, "Invalid redirect_uri"],
    ["an empty redirect_uri", { redirect_uri: "" }, "Invalid redirect_uri"],
    ["an unknown client", { client_id: "unknown" }, "Invalid client_id"],
  ])("%s ends on a page, signed in or not, and goes nowhere (BB-A6)", async (_case, overrides, title) => {
    const request = authorizationRequest(overrides)
    for (const browser of [new Browser(emulator.current), await signedInBrowser()]) {
      const answers = [await browser.get(authorizePath(request)), await browser.decide("approve", request)]
      for (const response of answers) {
        expect(response.headers.get("Location")).toBeNull()
        expect(response.status).toBe(400)
        const page = await response.text()
        expect(page).toContain(title)
        expect(page).toContain("This integration is misconfigured. Contact the vendor for assistance.")
      }
    }
  })

  test("an unknown scope is refused at the callback (BB-A8)", async () => {
    const request = authorizationRequest({ scope: "account openid" })
    const location = locationOf(await (await signedInBrowser()).get(authorizePath(request)))
    expect(location.origin).toBe("http://localhost:3000")
    expect(location.searchParams.get("error")).toBe("invalid_scope")
    expect(location.searchParams.get("error_description")).toBe("Unknown scope: openid")
    expect(location.searchParams.get("state")).toBe("the-state-of-this-test")
  })

  test.each([{ response_type: "token" }, { response_type: "" }, { response_type: "code token" }])(
    "%j is refused at the callback: only the code grant is left (BB-A2, BB-C7)",
    async (overrides) => {
      const response = await (await signedInBrowser()).get(authorizePath(authorizationRequest(overrides)))
      expect(locationOf(response).searchParams.get("error")).toBe("unsupported_response_type")
    },
  )

  test("a decision with a forged CSRF token is refused and grants nothing", async () => {
    const browser = await signedInBrowser()
    const forged = { ...authorizationRequest(), action: "approve", csrfmiddlewaretoken: "forged" }
    const response = await browser.post("/site/oauth2/authorize", forged)
    expect(response.status).toBe(403)
    expect(response.headers.get("Location")).toBeNull()
  })

  test("a decision by an anonymous browser leads to sign-in, not to a code", async () => {
    const browser = new Browser(emulator.current)
    await browser.get("/account/signin/")
    const location = locationOf(await browser.decide("approve", authorizationRequest()))
    expect(location.pathname).toBe("/account/signin/")
  })

  test("an answer other than approve or deny is refused", async () => {
    const response = await (await signedInBrowser()).post("/site/oauth2/authorize", authorizationRequest())
    expect(response.status).toBe(400)
  })
})

test("a challenge of an unknown method is ignored like any other, until challenges are verified (BB-A11)", async () => {
  const request = authorizationRequest({ code_challenge: "a".repeat(43), code_challenge_method: "S512" })
  const browser = await signedInBrowser()
  const code = locationOf(await browser.decide("approve", request)).searchParams.get("code") ?? ""
  const grant_type = "authorization_code"
  expect((await requestToken(emulator.current, { grant_type, code, code_verifier: "x" })).status).toBe(200)
  await emulator.current.control.changeConfig({ pkce: "enforce" })
  const refused = locationOf(await browser.get(authorizePath(request)))
  expect(refused.searchParams.get("error")).toBe("invalid_request")
})

test("a callback's own query comes back as written (BB-A13)", async () => {
  const redirect_uri = "http://localhost:3000/callback?flag&a=b%20c&d=~e'%7E"
  const browser = await signedInBrowser()
  const response = await browser.decide("approve", authorizationRequest({ redirect_uri }))
  expect(response.headers.get("Location")).toMatch(
    /^http:\/\/localhost:3000\/callback\?flag&a=b%20c&d=~e(%27|')%7E&code=\w{18}&state=the-state-of-this-test$/,
  )
})

describe("a remembered decision (BB-A15)", () => {
  test("the second authorization of the same client skips the screen and brings a new code", async () => {
    const browser = await signedInBrowser()
    const first = locationOf(await browser.decide("approve", authorizationRequest()))
    const second = locationOf(await browser.get(authorizePath(authorizationRequest())))
    expect(second.origin).toBe("http://localhost:3000")
    expect(second.searchParams.get("code")).not.toBe(first.searchParams.get("code"))
  })

  test("another client and another person are still asked", async () => {
    const browser = await signedInBrowser()
    await browser.decide("approve", authorizationRequest())
    const otherClient = authorizePath(authorizationRequest({ client_id: "emulatorNoEmailKey" }))
    expect((await browser.get(otherClient)).status).toBe(200)
    const other = await signedInBrowser("zoe")
    expect((await other.get(authorizePath(authorizationRequest()))).status).toBe(200)
  })

  test("after a denial the screen appears again by default, and the denial repeats without it if the switch is on", async () => {
    const browser = await signedInBrowser()
    await browser.decide("deny", authorizationRequest())
    expect((await browser.get(authorizePath(authorizationRequest()))).status).toBe(200)
    await emulator.current.control.changeConfig({ remember_deny: true })
    const location = locationOf(await browser.get(authorizePath(authorizationRequest())))
    expect(location.searchParams.get("error")).toBe("access_denied")
  })

  test("with remember_allow off every authorization asks", async () => {
    await emulator.current.control.changeConfig({ remember_allow: false })
    const browser = await signedInBrowser()
    await browser.decide("approve", authorizationRequest())
    expect((await browser.get(authorizePath(authorizationRequest()))).status).toBe(200)
  })

  test("with scope_parameter=narrow, the screen appears again for more scopes than were allowed", async () => {
    await emulator.current.control.changeConfig({ scope_parameter: "narrow" })
    const browser = await signedInBrowser()
    await browser.decide("approve", authorizationRequest({ scope: "account" }))
    const same = await browser.get(authorizePath(authorizationRequest({ scope: "account" })))
    expect(same.status).toBe(302)
    const more = await browser.get(authorizePath(authorizationRequest({ scope: "account email" })))
    expect(more.status).toBe(200)
  })
})
