import { expect, test } from "vitest"
import { checkNode } from "@/lib/doctor/node"
import { endOfNodeSupport } from "./node-support"

test.each([
  ["20.19.0", "2026-04-30T23:59:59Z", null],
  ["20.19.0", "2026-05-01T00:00:00Z", "2026-04-30"],
  ["20.20.2", "2026-11-30T12:00:00Z", "2026-04-30"],
  ["22.23.4", "2026-11-30T12:00:00Z", null],
  ["22.23.4", "2027-05-01T00:00:00Z", "2027-04-30"],
  ["24.22.1", "2026-11-30T12:00:00Z", null],
  ["25.0.0", "2026-11-30T12:00:00Z", "2026-06-01"],
  ["26.12.1", "2026-11-30T12:00:00Z", null],
  ["41.0.0", "2026-11-30T12:00:00Z", null],
])("the support of Node %s, seen at %s, ended %j", (version, now, end) => {
  expect(endOfNodeSupport(version, new Date(now))).toBe(end)
})

test("the doctor names the version, its last day and the version to move to", () => {
  const now = new Date("2026-11-30T12:00:00Z")
  expect(checkNode("20.20.2", now)).toMatchObject({
    id: "server.node",
    sentence: expect.stringMatching(/Node 20\.20\.2 .*out of support since 2026-04-30/),
    code: "node_out_of_support",
  })
  expect(checkNode("24.22.1", now)).toMatchObject({ state: "ok", code: null })
})
