"use server"

import { redirect } from "next/navigation"
import { activities } from "@/lib/accounts/activity"
import { type Connection, isRefreshable } from "@/lib/accounts/connection"
import { isConnectionError } from "@/lib/accounts/connection-error"
import { connections } from "@/lib/accounts/connections"
import { formField } from "@/lib/server/request-body"
import { requireSession } from "@/lib/sessions/current-session"
import { orErrorPage } from "@/lib/sessions/error-page"
import { limitTo } from "@/lib/sessions/limited-request"
import { signInPathAfterAction } from "@/lib/sessions/paths"
import type { RefreshOutcome } from "./words"

const path = "/integrations/bitbucket"

/** So that pressing the button twice does not ask Bitbucket twice. */
const JUST_REFRESHED_SECONDS = 30

export async function refreshNow(): Promise<void> {
  await limitTo("action", path)
  const { connection } = await requireSession(path, signInPathAfterAction)
  redirect(`${path}?renewal=${await orErrorPage(path, refresh(connection))}`)
}

async function refresh(connection: Connection): Promise<RefreshOutcome> {
  const { status, remainingSeconds, lifetimeSeconds } = connection
  const isYoung = remainingSeconds > 0 && lifetimeSeconds - remainingSeconds < JUST_REFRESHED_SECONDS
  if (status === "active" && isYoung) return "fresh"
  try {
    if (!isRefreshable(connection)) return "later"
    const { isRefreshed, connection: current } = await connections().kept.refreshNow(connection)
    if (isRefreshed) return "refreshed"
    return current.status === "ended" ? "ended" : "later"
  } catch (error) {
    if (!isConnectionError(error)) throw error
    return error.code === "reauthorization_required" ? "ended" : "later"
  }
}

export async function chooseToStayConnected(form: FormData): Promise<void> {
  await limitTo("action", path)
  const { connection } = await requireSession(path, signInPathAfterAction)
  const choice = formField(form, "stay")
  if (choice !== "on" && choice !== "off") redirect(path)
  const stays = choice === "on"
  await orErrorPage(path, connections().accounts.setStaysConnected(connection.id, stays))
  await activities().record(connection.account, stays ? "stays_connected" : "stays_not_connected")
  redirect(path)
}
