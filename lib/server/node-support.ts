/** The last day of each release line that can run this app: https://github.com/nodejs/Release, schedule.json. */
const lastDays: Readonly<Record<string, string>> = {
  "20": "2026-04-30",
  "21": "2024-06-01",
  "22": "2027-04-30",
  "23": "2025-06-01",
  "24": "2028-04-30",
  "25": "2026-06-01",
  "26": "2029-04-30",
}

/**
 * Since when a release line of Node has had no more security fixes.
 *
 * @param version such as 20.19.0
 * @returns its last day, ISO 8601; null if the line is supported or newer than this list
 */
export function endOfNodeSupport(version = process.versions.node, now = new Date()): string | null {
  const lastDay = lastDays[version.split(".")[0] ?? ""]
  return lastDay !== undefined && now.toISOString().slice(0, 10) > lastDay ? lastDay : null
}
