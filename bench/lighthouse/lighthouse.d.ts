/** The parts that we use. Its own types come with the benchmark's packages, which `npm run check` does not need. */
declare module "lighthouse" {
  export type Flags = {
    port: number
    onlyCategories: string[]
    logLevel: "silent"
    output: "json"
    skipAudits: string[]
    extraHeaders?: Record<string, string>
  }
  type Audit = { id: string; score: number | null; scoreDisplayMode: string; numericValue?: number }
  type Report = {
    runtimeError?: { code: string; message: string }
    categories: Record<string, { score: number | null }>
    audits: Record<string, Audit>
  }
  // biome-ignore lint/style/noDefaultExport: it has no other
  export default function lighthouse(url: string, flags: Flags): Promise<{ lhr: Report } | undefined>
}
