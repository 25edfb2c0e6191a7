import type { Profile } from "@/lib/bitbucket/profile"
import { get, type User } from "./bitbucket-api"

type Emails = { values: { email: string; is_primary: boolean; is_confirmed: boolean }[] }

/** The profile as the page shows it, read with two parallel calls and no more care than in an example. */
export async function readProfile(accessToken: string | undefined): Promise<Profile> {
  const [user, emails] = await Promise.all([
    get<User>("/2.0/user", accessToken),
    get<Emails>("/2.0/user/emails", accessToken),
  ])
  return {
    account: {
      uuid: user.uuid,
      accountId: user.account_id,
      displayName: user.display_name,
      nickname: user.nickname,
      username: user.username,
      location: user.location,
      accountStatus: user.account_status,
      createdOn: user.created_on,
      avatarUrl: user.links.avatar.href,
    },
    emails: emails.values.map(({ email, is_primary, is_confirmed }) => ({
      address: email,
      isPrimary: is_primary,
      isConfirmed: is_confirmed,
    })),
  }
}
