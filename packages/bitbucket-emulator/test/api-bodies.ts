/** The API's bodies, as far as the tests read them. */
export interface UserBody {
  readonly uuid: string
  readonly username: string
  readonly display_name?: string
  readonly nickname: string
  readonly links: { readonly avatar?: { readonly href: string } }
}

export interface EmailPage {
  readonly values: readonly { readonly email: string; readonly is_primary: boolean }[]
  readonly size: number
}

export interface ErrorBody {
  readonly error: { readonly message: string }
}

export async function readBody<Body>(response: Response): Promise<Body> {
  return (await response.json()) as Body
}
