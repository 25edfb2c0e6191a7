import type { Emulator } from "bitbucket-emulator"
import type { Pool } from "pg"

/** Lets time pass at Bitbucket and for every connection; the database's own clock stays. */
export async function letMinutesPass(
  { emulator, database }: { emulator: Emulator; database: Pool },
  minutes: number,
): Promise<void> {
  const times = [
    "issued_at",
    "expires_at",
    "lease_until",
    "retry_at",
    "admitted_at",
    "admission_lease_until",
    "admission_retry_at",
    "profile_read_at",
    "profile_asked_at",
  ]
  const earlier = times.map((time) => `${time} = ${time} - make_interval(mins => $1)`)
  await emulator.control.advanceClock(minutes * 60_000)
  await database.query(`update connection set ${earlier.join(", ")}`, [minutes])
}
