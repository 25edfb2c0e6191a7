"use server"

import { redirect } from "next/navigation"
import { disconnectAccount, endSession } from "@/lib/sessions/end-session"
import { wayIn } from "@/lib/sessions/way-in"

export async function signOut(): Promise<void> {
  await endSession()
  redirect("/")
}

export async function disconnect(): Promise<void> {
  const wasSignedIn = await disconnectAccount()
  redirect(wasSignedIn ? "/disconnected" : wayIn("/integrations/bitbucket"))
}
