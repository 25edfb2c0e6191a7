"use client"

import { useRouter } from "next/navigation"
import { useEffect } from "react"
import { type RefreshAnswer, readRefreshAnswer, startRefreshTimer } from "./refresh-timer"

const CHANNEL = "token-refresh"

type Props = {
  /** ISO 8601. */
  expiresAt: string
  leadSeconds: number
  /** How long to wait before the first request. */
  pauseSeconds: number
}

/**
 * Renders nothing. While a signed-in page is open, asks the app to refresh the token in time, once per browser, and updates
 * the times on the page while it is visible.
 */
export function RefreshWhileOpen({ expiresAt, leadSeconds, pauseSeconds }: Props) {
  const { refresh } = useRouter()
  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL)
    const isSeen = () => document.visibilityState === "visible"
    let shownUntil = Date.parse(expiresAt)
    let isOutdated = false
    const showNewTimes = () => {
      isOutdated = !isSeen()
      if (!isOutdated) refresh()
    }
    const noteRefresh = (refreshedUntil: number) => {
      // If this browser's clock is ahead, the app answers with the time that the page already shows.
      if (refreshedUntil <= shownUntil) return
      shownUntil = refreshedUntil
      showNewTimes()
    }
    const timer = startRefreshTimer(
      {
        now: Date.now,
        schedule: (run, delayMs) => {
          const id = window.setTimeout(run, delayMs)
          return () => window.clearTimeout(id)
        },
        ask,
        onlyOneTab: async (run) => {
          await navigator.locks.request(CHANNEL, { ifAvailable: true }, async (lock) => {
            if (lock) await run()
          })
        },
        tellOtherTabs: (refreshedUntil) => {
          channel.postMessage(refreshedUntil)
          noteRefresh(refreshedUntil)
        },
      },
      Math.max(Date.parse(expiresAt), Date.now() + (pauseSeconds + leadSeconds) * 1000),
      leadSeconds * 1000,
    )
    const hear = (event: MessageEvent) => {
      const refreshedUntil = Number(event.data)
      timer.hear(refreshedUntil)
      noteRefresh(refreshedUntil)
    }
    const wake = () => {
      if (!isSeen()) return
      timer.wake()
      if (isOutdated) showNewTimes()
    }
    channel.addEventListener("message", hear)
    document.addEventListener("visibilitychange", wake)
    window.addEventListener("online", timer.wake)
    return () => {
      timer.stop()
      channel.close()
      document.removeEventListener("visibilitychange", wake)
      window.removeEventListener("online", timer.wake)
    }
  }, [expiresAt, leadSeconds, pauseSeconds, refresh])
  return null
}

async function ask(): Promise<RefreshAnswer> {
  return readRefreshAnswer(await fetch("/api/token/refresh", { method: "POST" }).catch(() => undefined))
}
