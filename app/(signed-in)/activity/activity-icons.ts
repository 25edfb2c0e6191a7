import {
  Circle,
  Download,
  type IconNode,
  Link,
  LogIn,
  LogOut,
  MonitorX,
  RefreshCw,
  TriangleAlert,
  Unlink,
  Unplug,
} from "@/components/lucide"
import type { ActivityKind } from "@/lib/accounts/activity"

const icons: Record<ActivityKind, IconNode> = {
  signed_in: LogIn,
  signed_out: LogOut,
  session_ended: MonitorX,
  session_expired: MonitorX,
  renewed: RefreshCw,
  renewal_failed: TriangleAlert,
  connection_ended: TriangleAlert,
  disconnected: Unplug,
  data_exported: Download,
  stays_connected: Link,
  stays_not_connected: Unlink,
}

/** The icon of an entry, also if a newer version wrote a kind that this one does not know. */
export function activityIcon(kind: ActivityKind): IconNode {
  return icons[kind] ?? Circle
}
