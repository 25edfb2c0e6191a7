const api = process.env.BITBUCKET_API_URL ?? "https://api.bitbucket.org"

/** The fields of `GET /2.0/user` that the pages show. */
export type User = {
  uuid: string
  account_id: string
  display_name: string
  nickname: string
  username: string
  location: string | null
  account_status: string
  created_on: string
  links: { avatar: { href: string }; html: { href: string } }
}

/** One call to Bitbucket, with no more care than in an example. */
export async function get<Body>(path: string, accessToken: string | undefined): Promise<Body> {
  const response = await fetch(api + path, {
    headers: { authorization: `Bearer ${accessToken}` },
    cache: "no-store",
  })
  if (!response.ok) throw new Error(`Bitbucket answered ${response.status}`)
  return response.json()
}
