import path from "node:path"
import type { NextConfig } from "next"

/** The packages are those of the repository, three folders up. */
const root = path.resolve(import.meta.dirname, "../../..")

const nextConfig: NextConfig = { turbopack: { root } }

export default nextConfig
