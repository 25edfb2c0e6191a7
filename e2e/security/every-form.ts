import { expect } from "@playwright/test"
import type { Emulator } from "bitbucket-emulator"
import type { Pool } from "pg"
import { refreshRequests } from "../person"
import { readForm, sendForm as sendPlainForm } from "./forms"
import type { Answer } from "./http"
import type { Visitor } from "./visitor"

/** Sends a form as a browser does, with the page's script or without. */
export type SendForm = (
  visitor: Visitor,
  path: string,
  fields: FormData,
  headers: Record<string, string>,
) => Promise<Answer>

export const withoutScript: SendForm = sendPlainForm

/** Encoded as React encodes the call of an action with a form. */
export const withScript: SendForm = (visitor, path, fields, headers) => {
  const body = new FormData()
  let action = ""
  for (const [name, value] of fields)
    if (name.startsWith("$ACTION_ID_")) action = name.slice("$ACTION_ID_".length)
    else body.append(`_1_${name}`, value)
  body.append("0", '["$K1"]')
  return sendPlainForm(visitor, path, body, { ...headers, accept: "text/x-component", "next-action": action })
}

/** The app's forms: their pages, their buttons' labels, and the fields that the button itself sends. */
export const forms = {
  theme: { path: "/", button: 'value="dark"', fields: { theme: "dark" } },
  stayConnected: { path: "/integrations/bitbucket", button: 'name="stay"', fields: { stay: "on" } },
  refreshNow: { path: "/integrations/bitbucket", button: "Renew access now", fields: {} },
  endOneSession: { path: "/sessions", button: 'name="reference"', fields: {} },
  endOtherSessions: { path: "/sessions", button: "Sign out everywhere else", fields: {} },
  disconnect: { path: "/integrations/bitbucket", button: "Disconnect now", fields: {} },
  eraseMyData: { path: "/integrations/bitbucket", button: "Delete my data now", fields: {} },
  signOut: { path: "/profile", button: "Sign out", fields: {} },
}

export type FormName = keyof typeof forms

/** The fields that a form's button sends, read from its page. */
export async function fieldsOf(visitor: Visitor, name: FormName): Promise<FormData> {
  const { path, button, fields } = forms[name]
  const form = await readForm(visitor, path, button)
  for (const [field, value] of Object.entries(fields)) form.set(field, value)
  return form
}

/**
 * Uses each form of the app once, and checks that it did its job.
 *
 * @param newVisitor opens another browser of the same person
 * @param origin of the pages, as the browser sends it
 */
export async function useEveryForm(
  newVisitor: () => Visitor,
  {
    database,
    emulator,
    origin,
    sendForm,
  }: { database: Pool; emulator: Emulator; origin: string; sendForm: SendForm },
): Promise<void> {
  const [visitor, ...others] = [newVisitor(), newVisitor(), newVisitor()]
  for (const browser of [visitor, ...others])
    expect((await browser.signIn()).headers.location).toBe(`${origin}/profile`)
  const use = async (name: FormName, leadsToPath: string | null) => {
    const answer = await sendForm(visitor, forms[name].path, await fieldsOf(visitor, name), { origin })
    const [redirect] = (answer.headers["x-action-redirect"] ?? answer.headers.location ?? "").split(";")
    expect([200, 303], name).toContain(answer.status)
    expect([name, redirect ? redirect.replace(origin, "") : null]).toEqual([name, leadsToPath])
  }
  const count = async (table: "session" | "connection") =>
    (await database.query(`select 1 from ${table}`)).rowCount

  await use("theme", null)
  expect([...visitor.cookies].find(([name]) => name.endsWith("theme"))?.[1]).toBe("dark")

  await use("stayConnected", "/integrations/bitbucket")
  expect((await database.query("select stays_connected from connection")).rows).toEqual([
    { stays_connected: true },
  ])

  await database.query(
    "update connection set issued_at = now() - interval '90 minutes', expires_at = now() + interval '30 minutes'",
  )
  await use("refreshNow", "/integrations/bitbucket?renewal=refreshed")
  expect(await refreshRequests(emulator)).toHaveLength(1)

  expect(await count("session")).toBe(3)
  await use("endOneSession", "/sessions?ended")
  expect(await count("session")).toBe(2)
  await use("endOtherSessions", "/sessions?ended")
  expect(await count("session")).toBe(1)

  await use("disconnect", "/disconnected")
  expect([await count("session"), await count("connection")]).toEqual([0, 0])

  await visitor.signIn()
  await use("eraseMyData", "/disconnected?data=deleted")
  expect((await database.query("select 1 from activity")).rowCount).toBe(0)

  await visitor.signIn()
  await use("signOut", "/")
  expect(await count("session")).toBe(0)
}
