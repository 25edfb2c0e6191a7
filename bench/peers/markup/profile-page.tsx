import { ProfileView } from "@/app/(signed-in)/profile/profile-view"
import type { Profile } from "@/lib/bitbucket/profile"
import { Frame } from "./frame"

const SCOPES = ["account", "email"]

/** The whole document of this app's `/profile`, with a profile that has just been read. */
export function ProfileDocument({ profile }: { profile: Profile }) {
  const now = new Date()
  return (
    <Frame account={profile.account}>
      <ProfileView
        connection={{ kind: "oauth2", scopes: SCOPES, expiresAt: new Date(now.getTime() + 7_200_000) }}
        reading={{ profile, readAt: now, failure: null }}
        showsDetails={false}
      />
    </Frame>
  )
}
