import { connection } from "next/server"
import { LightPage, readUser } from "../../../markup/light-page"

/** A light page of a single user, without sign-in. */
export default async function ProfilePage() {
  await connection()
  return <LightPage user={await readUser(process.env.BARE_ACCESS_TOKEN)} />
}
