/** The npm package `bitbucket`, as far as these tests use it. */
export const Bitbucket: new (options: {
  baseUrl?: string
  auth: { token: string }
  notice: boolean
}) => BitbucketClient

interface Answer<Data> {
  readonly data: Data
  readonly status: number
}

interface Page {
  readonly values: readonly Record<string, unknown>[]
  readonly page?: number
  readonly size?: number
}

interface BitbucketClient {
  readonly user: {
    get(parameters: object): Promise<Answer<Record<string, unknown>>>
    listEmails(parameters: object): Promise<Answer<Page>>
  }
  readonly repositories: {
    list(parameters: { workspace: string; pagelen?: number }): Promise<Answer<Page>>
  }
  readonly workspaces: {
    getWorkspace(parameters: { workspace: string }): Promise<Answer<Record<string, unknown>>>
  }
  hasNextPage(page: Page): boolean
  getNextPage(page: Page): Promise<Answer<Page>>
}
