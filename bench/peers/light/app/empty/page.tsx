import { connection } from "next/server"

/** The framework's limit: Next cannot render a dynamic page faster. */
export default async function EmptyPage() {
  await connection()
  return (
    <html lang="en">
      <body />
    </html>
  )
}
