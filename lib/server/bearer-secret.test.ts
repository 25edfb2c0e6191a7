import { expect, test } from "vitest"
import { isBearer } from "./bearer-secret"

const secret = "the-secret-of-the-scheduler"

const carries = (authorization: string, configured: string | undefined = secret) =>
  isBearer(new Request("http://localhost:3000/", { headers: { authorization } }), configured)

test.each([`Bearer ${secret}`, `bearer ${secret}`, `BEARER   ${secret}`, `Bearer ${secret} `])(
  "%j carries the secret: the scheme has no case, and HTTP trims a header",
  (authorization) => expect(carries(authorization)).toBe(true),
)

test.each([
  "",
  "Bearer",
  "Bearer ",
  secret,
  `Basic ${secret}`,
  `Bearer ${secret} more words`,
  `Bearer ${secret}, Bearer ${secret}`,
  `Bearer ${secret},`,
  `Bearer ${secret}\tmore`,
  `Bearer more ${secret}`,
  `Bearer Bearer ${secret}`,
  `Bearer\t${secret}`,
  `Bearer ${secret.slice(0, -1)}`,
  `Bearer ${secret.toUpperCase()}`,
])("%j does not carry the secret", (authorization) => expect(carries(authorization)).toBe(false))

test("no request carries a secret that is not configured", () => {
  for (const authorization of ["Bearer undefined", "Bearer ", `Bearer ${secret}`])
    expect(isBearer(new Request("http://localhost:3000/", { headers: { authorization } }), undefined)).toBe(
      false,
    )
})
