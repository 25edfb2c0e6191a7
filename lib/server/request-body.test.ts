import { describe, expect, test } from "vitest"
import { formField, hasReadableForm } from "./request-body"

test("reads the text of a field", () => {
  const form = new FormData()
  form.set("theme", "dark")
  expect(formField(form, "theme")).toBe("dark")
})

test("finds nothing in a form without the field, in a file, and in a value that is not a form", () => {
  const form = new FormData()
  form.set("theme", new Blob(["dark"]), "theme")
  for (const sent of [new FormData(), form, undefined, null, "theme=dark", { get: () => "dark" }])
    expect(formField(sent, "theme")).toBeNull()
})

describe("a form", () => {
  const field = (name: string, value: string) =>
    `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const END = "--x--\r\n"
  const multipart = "multipart/form-data; boundary=x"
  const text = "text/plain;charset=UTF-8"
  const post = (type: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    new Request("http://localhost/", { method: "POST", headers: { "content-type": type, ...headers }, body })
  const call = (type: string, body: string) => post(type, body, { "next-action": "an action" })

  test.each([
    ["of a page without JavaScript", post(multipart, field("theme", "dark") + END)],
    ["with text that is not UTF-8", post(multipart, Buffer.from(field("theme", "\xff") + END, "latin1"))],
    ["of a page's script", call(multipart, field("0", '["$K1"]') + field("1_theme", "dark") + END)],
    ["that is a script's plain arguments", call(text, '["dark"]')],
    ["that goes to no action", post("application/json", "{")],
    ["that broke off, and goes to no action", post("application/x-www-form-urlencoded", "a=%F")],
    ["without a body", post(text, "")],
  ])("%s can be read", async (_, request) => {
    expect(await hasReadableForm(request)).toBe(true)
  })

  test.each([
    ["that is none", post(multipart, "garbage")],
    ["without a boundary", post("multipart/form-data", field("theme", "dark") + END)],
    ["of another boundary", post("multipart/form-data; boundary=y", field("theme", "dark") + END)],
    ["that broke off", post(multipart, field("theme", "dark"))],
    ["that is empty", post(multipart, "")],
    ["that broke off, of a page's script", call(multipart, field("0", '["$K1"]'))],
    ["without a script's arguments", call(multipart, field("theme", "dark") + END)],
    ["with arguments that are not JSON", call(multipart, field("0", "[") + END)],
    ["with plain arguments that are not JSON", call(text, "[")],
    ["with plain arguments that are no list", call(text, '{"theme":"dark"}')],
    ["without plain arguments", call(text, "")],
  ])("%s cannot be read", async (_, request) => {
    expect(await hasReadableForm(request)).toBe(false)
  })
})
