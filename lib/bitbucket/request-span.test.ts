import { trace } from "@opentelemetry/api"
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import { BitbucketError } from "auth-bitbucket/client"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { inRequestSpan } from "./request-span"
import { urlsOf } from "./urls"

const exporter = new InMemorySpanExporter()
const uuid = "{00000000-1111-2222-3333-444444444444}"
const place = { BITBUCKET_SITE_URL: "https://bitbucket.example", BITBUCKET_API_URL: "https://api.example" }
const cloud = urlsOf({ ...place, BITBUCKET_KIND: "cloud" })
const dataCenter = urlsOf({
  BITBUCKET_KIND: "datacenter",
  BITBUCKET_SITE_URL: "https://intranet.example/bitbucket",
  BITBUCKET_API_URL: "https://intranet.example/bitbucket",
})

beforeAll(() => {
  const spanProcessors = [new SimpleSpanProcessor(exporter)]
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }))
})
afterAll(() => trace.disable())
beforeEach(() => exporter.reset())

test.each([
  [cloud.token, "/site/oauth2/access_token"],
  [cloud.user, "/2.0/user"],
  [`${cloud.api}/2.0/user/emails?pagelen=100`, "/2.0/user/emails"],
  [`${cloud.api}/2.0/user/workspaces`, "/2.0/user/workspaces"],
  [`${cloud.api}/2.0/user/workspaces/${uuid}/permission`, "/2.0/user/workspaces/{workspace}/permission"],
  [`${cloud.api}/2.0/workspaces/${uuid}`, "/2.0/workspaces/{workspace}"],
  [`${cloud.api}/2.0/repositories/acme?q=secret&page=2`, "/2.0/repositories/{workspace}"],
  [dataCenter.token, "/rest/oauth2/latest/token"],
  ["https://api.example/2.0/something-else", undefined],
])("the span of a call to %s says %s, whatever ids are in the address", async (address, template) => {
  await inRequestSpan("GET", new URL(address), async () => new Response(null, { status: 200 }))
  expect(exporter.getFinishedSpans()[0]?.attributes["url.template"]).toBe(template)
})

test("the span of a failed call has a status or a code, and none of its text", async () => {
  const user = new URL(cloud.user)
  await inRequestSpan("GET", user, async () => new Response("a secret", { status: 401 }))
  const unreachable = async () => {
    throw new BitbucketError("unreachable", { cause: new Error("a secret") })
  }
  await expect(inRequestSpan("GET", user, unreachable)).rejects.toThrow(BitbucketError)
  const spans = exporter.getFinishedSpans()
  expect(spans.map(({ attributes }) => attributes["error.type"])).toEqual(["401", "unreachable"])
  expect(
    JSON.stringify(spans.map(({ status, events, attributes }) => [status, events, attributes])),
  ).not.toContain("a secret")
})
