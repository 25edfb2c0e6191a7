import { Agent, get, type IncomingMessage } from "node:http"
import { freePort } from "../scripts/server-process"
import { startApp } from "./app-server"
import { expect, test } from "./fixtures"

type Answer = Pick<IncomingMessage, "statusCode" | "headers">

function ask(url: string, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume().once("end", () => resolve(response))
    }).once("error", reject)
  })
}

test("a server that receives SIGTERM closes its connections, keeps answering for a while, and exits by itself", async ({
  environment,
}) => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const app = await startApp({ ...environment, PORT: String(port), DRAIN_SECONDS: "2" }, url)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    expect(await ask(`${url}/api/health`, agent)).toMatchObject({
      statusCode: 200,
      headers: { connection: "keep-alive" },
    })
    const ended = new Promise((resolve) => app.process.once("exit", resolve))
    app.process.kill("SIGTERM")
    await expect.poll(async () => (await ask(`${url}/api/health`, agent)).statusCode).toBe(503)
    expect(await ask(`${url}/signin`, agent)).toMatchObject({
      statusCode: 200,
      headers: { connection: "close" },
    })
    expect(await ended).toBe(143)
  } finally {
    agent.destroy()
    await app.stop()
  }
})
