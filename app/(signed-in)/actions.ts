"use server"

import { redirect } from "next/navigation"
import { disconnectAccount, endSession, eraseAccount } from "@/lib/sessions/end-session"
import { orErrorPage } from "@/lib/sessions/error-page"
import { limitTo } from "@/lib/sessions/limited-request"
import { signInPathAfterAction } from "@/lib/sessions/paths"

export async function signOut(): Promise<void> {
  await limitTo("action")
  await orErrorPage("/profile", endSession())
  redirect("/")
}

export async function disconnect(): Promise<void> {
  await limitTo("action", "/integrations/bitbucket")
  const wasSignedIn = await orErrorPage("/integrations/bitbucket", disconnectAccount())
  redirect(wasSignedIn ? "/disconnected" : signInPathAfterAction("/integrations/bitbucket"))
}

export async function eraseMyData(): Promise<void> {
  await limitTo("action", "/integrations/bitbucket")
  const wasSignedIn = await orErrorPage("/integrations/bitbucket", eraseAccount())
  redirect(wasSignedIn ? "/disconnected?data=deleted" : signInPathAfterAction("/integrations/bitbucket"))
}
