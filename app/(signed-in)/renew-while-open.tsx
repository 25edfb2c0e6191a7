"use client"

import { useRouter } from "next/navigation"
import { useEffect } from "react"
import { type RenewalAnswer, readRenewalAnswer, startRenewalTimer } from "./renewal-timer"

const CHANNEL = "token-renewal"

type Props = {
  /** ISO 8601. */
  expiresAt: string
  leadSeconds: number
  /** How long the app is not asked at first. */
  pauseSeconds: number
}

/**
 * Shows nothing. While a signed-in page is open, asks the app to renew the token in time, once per browser, and lets
 * the page tell the new times where somebody looks at it.
 */
export function RenewWhileOpen({ expiresAt, leadSeconds, pauseSeconds }: Props) {
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
    const noteRenewal = (renewedUntil: number) => {
      // Where this browser's clock is ahead, the app answers with what the page shows already.
      if (renewedUntil <= shownUntil) return
      shownUntil = renewedUntil
      showNewTimes()
    }
    const timer = startRenewalTimer(
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
        tellOtherTabs: (renewedUntil) => {
          channel.postMessage(renewedUntil)
          noteRenewal(renewedUntil)
        },
      },
      Math.max(Date.parse(expiresAt), Date.now() + (pauseSeconds + leadSeconds) * 1000),
      leadSeconds * 1000,
    )
    const hear = (event: MessageEvent) => {
      const renewedUntil = Number(event.data)
      timer.hear(renewedUntil)
      noteRenewal(renewedUntil)
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

async function ask(): Promise<RenewalAnswer> {
  return readRenewalAnswer(await fetch("/api/token/refresh", { method: "POST" }).catch(() => undefined))
}
