import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { controlRoutes, type Steerable } from "../control.ts"
import { controlOpenApi } from "../control-openapi.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()

interface Document {
  readonly paths: Record<
    string,
    Record<string, { responses: Record<string, unknown>; requestBody?: unknown }>
  >
}

const written: Document = JSON.parse(
  readFileSync(new URL("../control-api.openapi.json", import.meta.url), "utf8"),
)
const described = Object.entries(written.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
)

test("the file is the output of `npm run openapi`", () => {
  expect(written).toEqual(JSON.parse(JSON.stringify(controlOpenApi())))
})

test("it describes every existing route, and no other", () => {
  const answered = controlRoutes({ controlToken: null } as Steerable)
    .routes.filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replace("/_control", "").replace(/:(\w+)/g, "{$1}") || "/"}`)
  expect(described.sort()).toEqual([...new Set(answered)].sort())
})

test("an operation that it marks with the header requires it, and the other answers without", async () => {
  const { siteUrl } = emulator.current
  for (const name of described) {
    const [method = "", path = ""] = name.split(" ")
    const response = await fetch(`${siteUrl}/_control${path.replace("{id}", "none")}`, { method })
    const isForBrowsers = ["/", "/trace.md", "/trace.har"].includes(path)
    expect(response.status, name).toBe(path === "/health" || isForBrowsers ? 200 : 403)
  }
})

test("every operation answers with a status that it describes", async () => {
  const { siteUrl } = emulator.current
  const headers = { "X-Emulator-Control": "1" }
  for (const [path, methods] of Object.entries(written.paths)) {
    for (const [method, { responses, requestBody }] of Object.entries(methods)) {
      const init = {
        method: method.toUpperCase(),
        headers,
        ...(requestBody ? { body: '{"unknown": 1}' } : {}),
      }
      const response = await fetch(`${siteUrl}/_control${path.replace("{id}", "none")}`, init)
      expect(Object.keys(responses), `${method} ${path}`).toContain(String(response.status))
    }
  }
})
