"use server"

import { redirect } from "next/navigation"
import type { Connection } from "@/lib/connections/connection-store"
import { connections } from "@/lib/connections/connections"
import { ConnectionError } from "@/lib/connections/errors"
import { formField } from "@/lib/server/request-body"
import { activities } from "@/lib/sessions/activity"
import { requireSession } from "@/lib/sessions/current-session"
import { orErrorPage } from "@/lib/sessions/error-page"
import { limitTo } from "@/lib/sessions/limited-request"
import { signInPathAfterAction } from "@/lib/sessions/paths"
import type { RenewNowOutcome } from "./renew-now-notice"

const path = "/integrations/bitbucket"

/** Pressing it twice does not ask Bitbucket twice. */
const JUST_RENEWED_SECONDS = 30

export async function renewNow(): Promise<void> {
  await limitTo("action", path)
  const { connection } = await requireSession(path, signInPathAfterAction)
  redirect(`${path}?renewal=${await orErrorPage(path, renew(connection))}`)
}

async function renew(connection: Connection): Promise<RenewNowOutcome> {
  const { status, remainingSeconds, lifetimeSeconds } = connection
  const isYoung = remainingSeconds > 0 && lifetimeSeconds - remainingSeconds < JUST_RENEWED_SECONDS
  if (status === "active" && isYoung) return "fresh"
  try {
    const { isRenewed, connection: current } = await connections().accessTokens.renewNow(connection)
    if (isRenewed) return "renewed"
    return current.status === "dead" ? "ended" : "later"
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error
    return error.code === "reauthorization_required" ? "ended" : "later"
  }
}

export async function chooseToStayConnected(form: FormData): Promise<void> {
  await limitTo("action", path)
  const { connection } = await requireSession(path, signInPathAfterAction)
  const choice = formField(form, "stay")
  if (choice !== "on" && choice !== "off") redirect(path)
  const stays = choice === "on"
  await orErrorPage(path, connections().store.setStaysConnected(connection.id, stays))
  await activities().record(connection.accountUuid, stays ? "stays_connected" : "stays_not_connected")
  redirect(path)
}
