import { Client } from "pg"
import { endOfNodeSupport } from "../lib/server/node-support"
import { freePort } from "../scripts/server-process"
import { startApp } from "./app-server"
import { expect, test } from "./fixtures"
import { startOwnApp } from "./own-app"

test("a server that starts on an empty database creates its schema, and so do two at once", async ({
  environment,
}) => {
  const serverUrl = process.env.E2E_POSTGRES_URL ?? ""
  const client = new Client(serverUrl)
  await client.connect()
  await client.query("create database never_migrated")
  const start = async () => {
    const PORT = String(await freePort())
    const url = `http://localhost:${PORT}`
    return startApp({
      ...environment,
      PORT,
      AUTH_URL: url,
      DATABASE_URL: serverUrl.replace(/app$/, "never_migrated"),
    })
  }
  const servers = await Promise.all([start(), start()])
  const fresh = new Client(serverUrl.replace(/app$/, "never_migrated"))
  await fresh.connect()
  const { rows } = await fresh.query("select count(*)::int as sessions from auth_bitbucket.session")
  expect(rows).toEqual([{ sessions: 0 }])
  await Promise.all(servers.map((server) => server.stop()))
  await fresh.end()
  await client.query("drop database never_migrated with (force)")
  await client.end()
})

test("a server says once, at startup, if its Node version is out of support, and nothing otherwise", async ({
  environment,
}) => {
  await using app = await startOwnApp(environment)
  await fetch(app.url)
  const end = endOfNodeSupport()
  const said = app
    .log()
    .split("\n")
    .filter((line) => line.includes("node_out_of_support"))
    .map((line) => JSON.parse(line))
  const line = { event: "node_out_of_support", code: process.version, reason: `since ${end}` }
  expect(said).toEqual(end === null ? [] : [expect.objectContaining(line)])
})
