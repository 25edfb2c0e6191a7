import { scryptSync, timingSafeEqual } from "node:crypto"
import Credentials from "next-auth/providers/credentials"
import { pool } from "./db"

/** For `providers`: an email address and a password, as they are in the table `users`. */
export const password = Credentials({
  credentials: { email: { label: "Email" }, password: { label: "Password", type: "password" } },
  async authorize(given) {
    const email = String(given.email)
    const { rows } = await pool.query("select id, name, password_hash from users where email = $1", [email])
    const [user] = rows
    const expected = Buffer.from(user?.password_hash ?? "", "base64url")
    const hash = scryptSync(String(given.password), email, 32)
    const isRight = expected.length === hash.length && timingSafeEqual(expected, hash)
    return isRight ? { id: String(user.id), name: user.name, email } : null
  },
})
