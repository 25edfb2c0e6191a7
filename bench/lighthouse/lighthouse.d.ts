/** What is used of it here: its own types come with the packages of the bench, which `npm run check` does without. */
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
