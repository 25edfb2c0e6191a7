import { expect, test } from "vitest"
import { admitsRedirectUri } from "./redirect-uri.ts"

test.each([
  ["http://localhost:3000", "http://localhost:3000"],
  ["http://localhost:3000", "http://localhost:3000/"],
  ["http://localhost:3000", "http://localhost:3000/api/auth/callback/bitbucket"],
  ["http://localhost:3000/", "http://localhost:3000/api"],
  ["https://example.com/add-on", "https://example.com/add-on"],
  ["https://example.com/add-on", "https://example.com/add-on/function"],
  ["http://localhost:3000/", "http://localhost:3000"],
  ["https://example.com/add-on/", "https://example.com/add-on/function"],
  ["https://example.com/add-on", "https://example.com/add-on/function?tab=1"],
  ["https://EXAMPLE.com/add-on", "https://example.com:443/add-on"],
  ["http://127.0.0.1/callback", "http://127.0.0.1:49152/callback"],
  ["http://localhost/callback", "http://localhost:8085/callback/x"],
])("a client called back at %s may ask for %s", (registered, requested) => {
  expect(admitsRedirectUri(registered, requested)).toBe(true)
})

test.each([
  ["http://localhost:3000", "http://localhost:30001"],
  ["http://localhost:3000", "http://localhost:30001/api/auth/callback/bitbucket"],
  ["http://localhost:3000", "http://localhost:3000.evil"],
  ["http://localhost:3000", "http://localhost:3000@evil.example/"],
  ["http://localhost:3000", "http://user@localhost:3000/"],
  ["http://localhost:3000", "https://localhost:3000/"],
  ["http://localhost:3000", "http://127.0.0.1:3000/"],
  ["http://localhost:3000", "http://localhost:3000/#fragment"],
  ["http://localhost:3000", "//localhost:3000/"],
  ["http://localhost:3000", "/api/auth/callback/bitbucket"],
  ["http://localhost:3000", "javascript:alert(1)"],
  ["http://localhost:3000", ""],
  ["https://example.com", "https://example.com.evil.example/"],
  ["https://example.com", "https://evil.example/?https://example.com"],
  ["https://example.com", "https://example.com:8443/"],
  ["https://example.com", "https://evil.example\\@example.com/"],
  ["https://example.com/add-on", "https://example.com/add-onevil"],
  ["https://example.com/add-on", "https://example.com/"],
  ["https://example.com/add-on/", "https://example.com/add-on"],
  ["https://example.com/add-on", "https://example.com/add-on/../evil"],
  ["https://example.com/add-on", "https://example.com/add-on/%2e%2e/evil"],
  ["https://example.com/add-on", "https://example.com/add-on/..\\..\\evil"],
])("a client called back at %s may not ask for %s", (registered, requested) => {
  expect(admitsRedirectUri(registered, requested)).toBe(false)
})
