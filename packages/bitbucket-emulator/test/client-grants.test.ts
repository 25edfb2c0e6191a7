import { createHmac } from "node:crypto"
import { describe, expect, test } from "vitest"
import { type EmailPage, type ErrorBody, readBody, type UserBody } from "./api-bodies.ts"
import { Browser } from "./browser.ts"
import { callApi, demoClient, readTokenResponse, refresh, requestToken } from "./oauth-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()
const publicClient = { key: "emulatorPublicKey1", secret: "emulatorPublicSecret123456789012" }

function obtainClientToken(client = demoClient) {
  return requestToken(emulator.current, { grant_type: "client_credentials" }, client)
}

describe("client_credentials", () => {
  test("issues no refresh token since 2026, and names its grant (BB-C8, BB-T8)", async () => {
    const { status, body } = await obtainClientToken()
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(["scope", "access_token", "expires_in", "token_type", "state"])
    expect(body).toMatchObject({ scope: "account email", state: "client_credentials" })
  })

  test("acts as an app_user, which has no address and belongs to the client's workspace (BB-C8, BB-U10)", async () => {
    const token = String((await obtainClientToken()).body.access_token)
    const call = (path: string) => callApi(emulator.current, path, token)
    expect(await readBody<UserBody>(await call("/2.0/user"))).toMatchObject({
      type: "app_user",
      display_name: "Demo App",
      uuid: expect.stringMatching(/^\{[0-9a-f-]{36}\}$/),
    })
    expect((await readBody<EmailPage>(await call("/2.0/user/emails"))).values).toEqual([])
    const { values } = (await (await call("/2.0/user/workspaces")).json()) as {
      values: { administrator: boolean; workspace: { slug: string } }[]
    }
    expect(values).toMatchObject([{ administrator: false, workspace: { slug: "emulated-works" } }])
    const permission = await call("/2.0/user/workspaces/emulated-works/permission")
    expect(await permission.json()).toMatchObject({ permission: "member", user: { type: "app_user" } })
  })

  test("of a client in a personal workspace reaches only that workspace (BB-C9)", async () => {
    const client = { key: "personal", secret: "secret-of-personal" }
    await emulator.current.control.reset({
      people: [{ username: "ada", password: "ada" }],
      workspaces: [
        { slug: "ada", personal_of: "ada", members: { ada: "owner" }, repositories: [{ name: "diary" }] },
        { slug: "team", members: { ada: "owner" }, repositories: [{ name: "plans" }] },
      ],
      clients: [
        {
          ...client,
          name: "Personal",
          callback_url: "http://localhost:3000",
          scopes: ["account", "repository"],
          workspace: "ada",
        },
      ],
    })
    const token = String((await obtainClientToken(client)).body.access_token)
    const slugs = async (path: string) => {
      const { values } = await readBody<{ values: { slug: string }[] }>(
        await callApi(emulator.current, path, token),
      )
      return values.map(({ slug }) => slug)
    }
    expect(await slugs("/2.0/repositories/ada")).toEqual(["diary"])
    expect(await slugs("/2.0/repositories/team")).toEqual([])
    expect((await callApi(emulator.current, "/2.0/workspaces/team", token)).status).toBe(404)
  })

  test("acted as the client's owner before, with a refresh token (BB-C8)", async () => {
    await emulator.current.control.changeConfig({ contract: "2017" })
    const { body } = await obtainClientToken()
    expect(body).toMatchObject({ scopes: "account email", state: "client_credentials" })
    const user = await callApi(emulator.current, "/2.0/user", String(body.access_token))
    expect((await readBody<UserBody>(user)).username).toBe("demo")
    expect((await refresh(emulator.current, String(body.refresh_token))).status).toBe(200)
    const browser = new Browser(emulator.current)
    await browser.signIn("demo")
    const settings = await (await browser.get("/account/settings/app-authorizations/")).text()
    expect(settings).toContain("No application has asked")
  })

  test("is refused to a public consumer, with the recorded message (BB-E5)", async () => {
    const { status, text } = await obtainClientToken(publicClient)
    expect(status).toBe(400)
    expect(text).toBe(
      String.raw`{"error_description": "Cannot use client_credentials with a consumer marked as \"public\". Calls for auto generated consumers should use urn:bitbucket:oauth2:jwt instead.", "error": "invalid_grant"}`,
    )
  })

  test("is refused to a consumer without a callback, although it never uses one (BB-E4)", async () => {
    await emulator.current.control.reset({ clients: [{ key: "bare", secret: "secret", name: "Bare" }] })
    expect((await obtainClientToken({ key: "bare", secret: "secret" })).text).toBe(
      '{"error_description": "No callback uri defined for the OAuth client.", "error": "invalid_request"}',
    )
  })

  test("finds no owner without a workspace", async () => {
    const client = { key: "bare", secret: "secret", name: "Bare", callback_url: "http://localhost:3000" }
    await emulator.current.control.reset({ clients: [client] })
    expect((await obtainClientToken(client)).status).toBe(200)
    await emulator.current.control.changeConfig({ contract: "2017" })
    expect((await obtainClientToken(client)).body.error).toBe("invalid_request")
  })
})

describe("urn:bitbucket:oauth2:jwt (BB-T4)", () => {
  const secret = "emulatorConnectSharedSecret12345"
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url")

  function createJwt({ alg = "HS256", key = secret, ...claims }: Record<string, unknown> = {}): string {
    const seconds = Math.floor(Date.now() / 1000)
    const payload = { iss: "com.example.connected-app", sub: "emulated-installation", exp: seconds + 180 }
    const signed = `${encode({ typ: "JWT", alg })}.${encode({ ...payload, ...claims })}`
    return `${signed}.${createHmac("sha256", String(key)).update(signed).digest("base64url")}`
  }

  async function exchange(authorization?: string) {
    return readTokenResponse(
      await fetch(`${emulator.current.siteUrl}/site/oauth2/access_token`, {
        method: "POST",
        headers: authorization === undefined ? {} : { Authorization: authorization },
        body: new URLSearchParams({ grant_type: "urn:bitbucket:oauth2:jwt" }),
      }),
    )
  }

  test("exchanges an installation's JWT for a token, without a refresh token", async () => {
    const { status, body } = await exchange(`JWT ${createJwt()}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ scope: "account repository", state: "urn:bitbucket:oauth2:jwt" })
    expect(body.refresh_token).toBeUndefined()
    const user = await callApi(emulator.current, "/2.0/user", String(body.access_token))
    expect(await user.json()).toMatchObject({ type: "app_user", display_name: "Connected App" })
  })

  test("is checked against the wall clock, because the app signs with its own", async () => {
    await emulator.current.control.advanceClock("30d")
    expect((await exchange(`JWT ${createJwt()}`)).status).toBe(200)
  })

  test.each([
    ["another secret", { key: "wrong" }],
    ["another app", { iss: "com.example.other" }],
    ["another installation", { sub: "elsewhere" }],
    ["an expiry in the past", { exp: 1 }],
    ["no expiry", { exp: undefined }],
    ["no algorithm", { alg: "none" }],
  ])("is refused with %s", async (_case, claims) => {
    const { status, body } = await exchange(`JWT ${createJwt(claims)}`)
    expect([status, body.error]).toEqual([400, "unauthorized_client"])
  })

  test.each(["JWT not-a-jwt", "JWT a.b.c", "JWT a.b.c.d", "Basic eDp5", undefined])(
    "is refused for the header %s",
    async (authorization) => {
      expect((await exchange(authorization)).body.error).toBe("unauthorized_client")
    },
  )
})

describe("password (BB-C7)", () => {
  const fields = { grant_type: "password", username: "demo", password: "demo" }

  test("worked until 2019, and works in 2017", async () => {
    await emulator.current.control.changeConfig({ contract: "2017" })
    const { body } = await requestToken(emulator.current, fields)
    expect(body).toMatchObject({ scopes: "account email", state: "password" })
    const user = await callApi(emulator.current, "/2.0/user", String(body.access_token))
    expect((await readBody<UserBody>(user)).username).toBe("demo")
    expect((await requestToken(emulator.current, { ...fields, password: "wrong" })).status).toBe(400)
  })

  test("is an unsupported grant type since", async () => {
    const { error } = (await requestToken(emulator.current, fields)).body as unknown as ErrorBody
    expect(error).toBe("invalid_grant")
  })
})
