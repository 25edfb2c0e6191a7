import PostgresAdapter from "@auth/pg-adapter"
import NextAuth from "next-auth"
import { bitbucket, saveConnection } from "./bitbucket"
import { pool } from "./db"
import { password } from "./password"

export const { handlers, auth, signOut } = NextAuth({
  adapter: PostgresAdapter(pool),
  session: { strategy: "jwt" },
  providers: [
    bitbucket,
    // The app's own way, from before.
    password,
  ],
  events: { signIn: saveConnection },
  callbacks: {
    session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub } }),
  },
})
