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

/** A user that other services run as, where we are root and can try as someone else. */
const NOBODY = 65_534

test("M13 another user of the machine reads no file, row or password of the demo's database", async () => {
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
      spawnSync("cat", [file], process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}).status
    if (process.getuid?.() === 0)
      for (const file of [`${dataDirectory}/PG_VERSION`, `/proc/${postgres.process.pid}/environ`])
        expect(look(file), file).not.toBe(0)
  } finally {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
})

test("M14 the setup page is there for this machine's own host names, and for no other name", async ({
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
