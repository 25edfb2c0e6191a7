import { ExpressAuth, getSession } from "@auth/express"
import { TokenUnavailableError, UserAuthorizationRequiredError } from "auth-bitbucket/connections"
import express from "express"
import { bitbucketFor, connections, provider, store } from "./bitbucket.js"
import { settings } from "./settings.js"

const authConfig = {
  secret: settings.secret,
  providers: [provider],
  callbacks: {
    /** `account` is there once, at sign-in: its tokens go to the database, and the cookie says only whose they are. */
    async jwt({ token, account }) {
      if (!account) return token
      await connections.save(account, account.providerAccountId)
      return { ...token, bitbucketAccount: account.providerAccountId }
    },
    session: ({ session, token }) => ({ ...session, bitbucketAccount: token.bitbucketAccount }),
  },
}

const app = express()
// Behind one proxy that sets X-Forwarded-Proto.
app.set("trust proxy", 1)
app.use("/auth", ExpressAuth(authConfig))

app.get("/", async (request, response) => {
  const session = await getSession(request, authConfig)
  if (!session) return response.redirect("/auth/signin")

  const bitbucket = bitbucketFor(session.bitbucketAccount)
  const repositories = []
  for await (const { slug } of bitbucket.workspaces()) {
    for await (const repository of bitbucket.repositories(slug)) {
      repositories.push(`${repository.workspace}/${repository.slug}`)
    }
  }
  response.json({ name: session.user?.name, repositories })
})

app.use((error, _request, response, next) => {
  if (error instanceof UserAuthorizationRequiredError) return response.redirect("/auth/signin")
  if (error instanceof TokenUnavailableError) {
    return response
      .status(503)
      .set("retry-after", String(error.retryAfterSeconds))
      .json({ error: error.code })
  }
  next(error)
})

await store.migrate()
app.listen(settings.port, () => console.log(`http://localhost:${settings.port}`))
