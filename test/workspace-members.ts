import type { Emulator, SeedInput } from "bitbucket-emulator"

type TeamSettings = { callbackUrl?: string; slug?: string; isConfirmed?: boolean }

/**
 * A Bitbucket with one workspace.
 *
 * @param people whose passwords are their usernames
 * @param members those of them who are in the workspace
 */
export function seedOfTeam(
  people: readonly string[],
  members: readonly string[],
  { callbackUrl = "http://localhost:3000", slug = "our-team", isConfirmed = true }: TeamSettings = {},
): SeedInput {
  return {
    people: people.map((username) => ({
      username,
      password: username,
      display_name: `${username} Person`,
      emails: [{ email: `${username}@example.com`, is_primary: true, is_confirmed: isConfirmed }],
    })),
    clients: [
      {
        key: "emulatorClientKey1",
        secret: "emulatorClientSecret123456789012",
        name: "Demo",
        callback_url: callbackUrl,
        scopes: ["account", "email"],
      },
    ],
    workspaces: [{ slug, members: Object.fromEntries(members.map((name) => [name, "member" as const])) }],
  }
}

/** Changes who is what at Bitbucket. Its clock, its faults and everything that people have granted stay. */
export async function changeSeed({ control }: Pick<Emulator, "control">, seed: SeedInput): Promise<void> {
  const [state, faults, { now }] = await Promise.all([
    control.readState({ secrets: "shown" }),
    control.listFaults(),
    control.readClock(),
  ])
  await control.reset(seed)
  await control.writeState(state)
  await control.setClock(new Date(now))
  for (const { id: _, met: __, ...fault } of faults) await control.addFault(fault)
}
