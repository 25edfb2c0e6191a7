import type { Page } from "@playwright/test"

/** Bitbucket's own pages: sign-in and consent, as a person uses them. */
export class BitbucketPages {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  async signIn(username: string, password = username): Promise<void> {
    await this.#page.getByLabel("Username or email").fill(username)
    await this.#page.getByLabel("Password", { exact: true }).fill(password)
    await this.#page.getByRole("button", { name: "Sign in", exact: true }).click()
  }

  async allow(): Promise<void> {
    await this.#page.getByRole("button", { name: "Allow" }).click()
  }

  async deny(): Promise<void> {
    await this.#page.getByRole("button", { name: "Cancel" }).click()
  }

  /** From the app to Bitbucket and on to where Bitbucket redirects. */
  async signInAndAllow(username = "demo"): Promise<void> {
    await this.signIn(username)
    await this.allow()
  }

  /** The same without a mouse. */
  async signInByKeyboard(username = "demo"): Promise<void> {
    await this.#page.getByLabel("Username or email").focus()
    await this.#page.keyboard.type(username)
    await this.#page.keyboard.press("Tab")
    await this.#page.keyboard.type(username)
    await this.#page.keyboard.press("Enter")
    await this.#page.getByRole("button", { name: "Allow" }).focus()
    await this.#page.keyboard.press("Enter")
  }
}
