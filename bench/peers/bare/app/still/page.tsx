import { connection } from "next/server"
import { ProfileDocument } from "../../../markup/profile-page"

const profile = {
  account: {
    uuid: "{00000000-0000-4000-8000-000000000000}",
    accountId: "557058:00000000-0000-4000-8000-000000000000",
    displayName: "Unknown Person",
    nickname: "unknown",
    username: "unknown",
    location: null,
    accountStatus: "active",
    createdOn: "2017-01-01T00:00:00.000000+00:00",
    avatarUrl: "https://bitbucket.org/account/unknown/avatar/",
  },
  emails: [{ address: "unknown@example.com", isPrimary: true, isConfirmed: true }],
}

/** The page without session, database and Bitbucket: only Next and the markup remain. */
export default async function StillPage() {
  await connection()
  return <ProfileDocument profile={profile} />
}
