import { expect, test } from "vitest"
import { formField } from "./request-body"

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
