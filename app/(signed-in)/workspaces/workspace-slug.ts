import { z } from "zod"

const slugSchema = z
  .string()
  .regex(/^\w[\w.-]{0,127}$/)
  .toLowerCase()

/** Reads a slug from a URL, which may contain anything. @returns null if it cannot be a slug */
export function parseWorkspaceSlug(value: unknown): string | null {
  return slugSchema.safeParse(value).data ?? null
}
