import type { AddressInfo } from "node:net"
import { serve } from "@hono/node-server"
import { Hono } from "hono"

/** A token endpoint that does nothing: it parses the form with Hono, and returns as many bytes as Bitbucket. */
const answer = {
  scope: "account email",
  access_token: "a".repeat(2300),
  expires_in: 7200,
  token_type: "bearer",
  state: "refresh_token",
  refresh_token: "r".repeat(2300),
}
const app = new Hono()
app.post("/site/oauth2/access_token", async (context) => {
  await context.req.parseBody()
  return context.json(answer)
})
const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
