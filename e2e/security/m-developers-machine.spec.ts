import { spawnSync } from "node:child_process"
import { mkdtemp, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { Client } from "pg"
import { startEmbeddedPostgres } from "../../scripts/embedded-postgres"
import { freePort } from "../../scripts/server-process"
import { startOwnApp } from "../own-app"
import { send } from "./http"
import { expect, test } from "./suite"

/** The account that other services run as; as root, the test can run commands as that account. */
const OTHER_UID = 65_534

test("M13 another user of the machine can read no file, row or password of the demo's database", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "another-user-"))
  const dataDirectory = path.join(folder, "data")
  const postgres = await startEmbeddedPostgres({ dataDirectory, port: await freePort(), isDurable: false })
  try {
    const { host } = new URL(postgres.url)
    for (const role of ["app", "postgres"])
      for (const password of ["", "app", "postgres"]) {
        const stranger = new Client(`postgres://${role}:${password}@${host}/app`)
        await expect(stranger.connect(), `${role}:${password}`).rejects.toThrow()
        await stranger.end().catch(() => undefined)
      }
    for (const place of [dataDirectory, `${dataDirectory}.passwords`])
      expect((await stat(place)).mode & 0o077, place).toBe(0)
    const look = (file: string) =>
      spawnSync("cat", [file], process.getuid?.() === 0 ? { uid: OTHER_UID, gid: OTHER_UID } : {}).status
    if (process.getuid?.() === 0)
      for (const file of [`${dataDirectory}/PG_VERSION`, `/proc/${postgres.process.pid}/environ`])
        expect(look(file), file).not.toBe(0)
  } finally {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
})

test("M14 the setup page answers for this machine's own hostnames, and for no other", async ({
  environment,
}) => {
  await using app = await startOwnApp({ ...environment, SETUP_PAGE: "on" })
  const { port } = app
  const ask = (headers: Record<string, string>) =>
    send(`http://127.0.0.1:${port}`, "/setup", { headers }).then(({ status }) => status)
  for (const host of ["rebound.example", "localhost.rebound.example", `127.0.0.1.rebound.example:${port}`]) {
    expect(await ask({ host }), host).toBe(404)
    expect(await ask({ host: `localhost:${port}`, "x-forwarded-host": host }), host).toBe(404)
  }
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`])
    expect(await ask({ host }), host).toBe(200)
})
