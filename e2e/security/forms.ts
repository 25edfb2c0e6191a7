import { expect } from "@playwright/test"
import type { Answer } from "./http"
import type { Visitor } from "./visitor"

/**
 * Presses a button of a page as a browser without JavaScript does: sends the form around it.
 *
 * @param button part of the button's text or name
 */
export async function press(
  visitor: Visitor,
  path: string,
  button: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const form = await readForm(visitor, path, button)
  return sendForm(visitor, path, form, headers)
}

/** The fields of the form around a button. */
export async function readForm(visitor: Visitor, path: string, button: string): Promise<FormData> {
  const { text } = await visitor.send(path)
  const form = [...text.matchAll(/<form\b[\s\S]*?<\/form>/g)].find(([html]) => html.includes(button))?.[0]
  expect(form, `a form with ${button} on ${path}`).toBeDefined()
  const fields = new FormData()
  for (const [input] of (form ?? "").matchAll(/<input\b[^>]*>/g)) {
    const name = attribute(input, "name")
    if (name) fields.append(name, attribute(input, "value") ?? "")
  }
  return fields
}

export async function sendForm(
  visitor: Visitor,
  path: string,
  fields: FormData,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const encoded = new Response(fields)
  const type = encoded.headers.get("content-type") ?? ""
  const body = await encoded.text()
  return visitor.send(path, { method: "POST", headers: { "content-type": type, ...headers }, body })
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll("&quot;", '"').replaceAll("&amp;", "&")
}
