import type { Emulator } from "../index.ts"

/** A minimal browser: cookies, forms, and redirects that are inspected instead of followed. */
export class Browser {
  readonly #siteUrl: string
  readonly #cookies = new Map<string, string>()

  constructor({ siteUrl }: Pick<Emulator, "siteUrl">) {
    this.#siteUrl = siteUrl
  }

  get(path: string): Promise<Response> {
    return this.#send(path, { method: "GET" })
  }

  /** Posts a form with the CSRF token of this browser's cookie, unless the fields contain another. */
  post(path: string, fields: Record<string, string>): Promise<Response> {
    const csrfmiddlewaretoken = this.#cookies.get("csrftoken") ?? ""
    return this.#send(path, { method: "POST", body: new URLSearchParams({ csrfmiddlewaretoken, ...fields }) })
  }

  /** Signs in with the form, as a person does who came without a destination. */
  async signIn(username: string, password = username): Promise<Response> {
    await this.get("/account/signin/")
    return this.post("/account/signin/", { username, password, next: "/" })
  }

  /** Answers the consent screen. */
  decide(action: "approve" | "deny", request: Record<string, string>): Promise<Response> {
    return this.post("/site/oauth2/authorize", { ...request, action })
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name)
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ")
    const response = await fetch(`${this.#siteUrl}${path}`, {
      ...init,
      redirect: "manual",
      headers: { cookie },
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      this.#cookies.set(name, value)
    }
    return response
  }
}

/** Where a response redirects the browser. */
export function locationOf(response: Response): URL {
  const location = response.headers.get("Location")
  if (location === null) throw new Error(`No Location on a ${response.status}`)
  return new URL(location, response.url || undefined)
}
