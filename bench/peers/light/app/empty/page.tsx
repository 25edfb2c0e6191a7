import { connection } from "next/server"

/** The limit of the framework: no page that Next renders for a request can be faster. */
export default async function EmptyPage() {
  await connection()
  return (
    <html lang="en">
      <body />
    </html>
  )
}
