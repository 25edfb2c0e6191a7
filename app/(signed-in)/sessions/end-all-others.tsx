import { buttonStyle } from "@/components/button-style"
import { endAllOtherSessions } from "./actions"

export function EndAllOthers() {
  return (
    <form action={endAllOtherSessions}>
      <button type="submit" className={buttonStyle("secondary")}>
        End all others
      </button>
    </form>
  )
}
