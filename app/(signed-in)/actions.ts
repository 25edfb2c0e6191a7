"use server"

import { redirect } from "next/navigation"
import { disconnectAccount, endSession, eraseAccount } from "@/lib/sessions/end-session"
import { limitTo } from "@/lib/sessions/limited-request"
import { fromRecords } from "@/lib/sessions/records"
import { wayInAfterAction } from "@/lib/sessions/way-in"

export async function signOut(): Promise<void> {
  await limitTo("action")
  await fromRecords("/profile", endSession())
  redirect("/")
}

export async function disconnect(): Promise<void> {
  await limitTo("action", "/integrations/bitbucket")
  const wasSignedIn = await fromRecords("/integrations/bitbucket", disconnectAccount())
  redirect(wasSignedIn ? "/disconnected" : wayInAfterAction("/integrations/bitbucket"))
}

export async function eraseMyData(): Promise<void> {
  await limitTo("action", "/integrations/bitbucket")
  const wasSignedIn = await fromRecords("/integrations/bitbucket", eraseAccount())
  redirect(wasSignedIn ? "/disconnected?data=deleted" : wayInAfterAction("/integrations/bitbucket"))
}
