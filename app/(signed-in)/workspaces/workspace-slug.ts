import { z } from "zod"

const slugSchema = z
  .string()
  .regex(/^\w[\w.-]{0,127}$/)
  .toLowerCase()

/** Reads a slug from an address, where anybody can write anything. @returns null for what cannot be one */
export function parseWorkspaceSlug(value: unknown): string | null {
  return slugSchema.safeParse(value).data ?? null
}
