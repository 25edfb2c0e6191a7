import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import { listFiles } from "./repository-copy"

export type Finding = { file: string; line: number; text: string; word: string; use: string }

type Rule = {
  word: string
  use: string
  /** Matches text in which identifiers and file names have been split into words: `signInPath` is "sign In Path". */
  pattern: RegExp
  /** Files in which people read the word, so that only identifiers and comments count. */
  isShownIn?: ((file: string) => boolean) | undefined
}

/** Pages and the journeys through them: the user interface says "Renew access now". */
const isUserInterface = (file: string) => /^(app|components|e2e|registry)\//.test(file)

const rules: Rule[] = [
  avoid("renew", "refresh", "renew(s|ed|er|able|ing|als?)?", isUserInterface),
  avoid("lapsed", "expired", "laps(e|es|ed|ing)"),
  avoid(
    "is over",
    "has expired, has ended",
    "(is|are|was|were|be) over(?! *(\\d|its |their |the |a |https?|[\"'`]))",
  ),
  avoid("what is over", "expired rows", "what ?is over"),
  avoid(
    "dead token",
    "expired token, ended connection",
    "dead (access |refresh )?(token|connection|session)s?",
  ),
  avoid("way in", "sign-in page, signInPath", "way (back )?in(?! (which|every|all|the|that|an?)\\b)"),
  avoid("somebody", "a user, a person, someone by their role", "somebody('s|’s)?"),
  avoid("nobody", "no user, no one by their role", "nobody('s|’s)?"),
  avoid("anybody", "any user, anyone by their role", "anybody('s|’s)?"),
  avoid("everybody", "every user, all users", "everybody('s|’s)?"),
  avoid("whoever", "the person who, or their role", "whoever"),
  avoid("who is signed in", "signed-in user", "who (is|are) signed in"),
  avoid("mend", "fix", "mend(s|ed|ing)?"),
  avoid("cure", "fix", "cure(s|d)?"),
  avoid("anew", "again", "anew"),
  avoid("need not", "does not need to", "need not"),
  avoid("from records", "from the database", "(from|our) records"),
  avoid("tried again", "the server retries", "(is|are|was|were|be) tried again"),
  avoid("beside", "next to, in addition to, compared with", "beside"),
  avoid("for ever", "forever", "for ever"),
  avoid("for good", "permanently", "for good(?! reason)"),
  avoid("of no use", "useless, invalid", "of no use"),
  avoid("at the most", "at most", "at the most"),
  avoid("afresh", "again, from scratch", "afresh"),
  avoid("looks whether", "checks whether", "looks? whether"),
  avoid("and its like", "such as", "and its like"),
  avoid("leave sealed", "say what it does", "leave sealed"),
  avoid("long unseen", "say what it does", "long unseen"),
]

type Exception = { files: RegExp; words: string[] | "all"; reason: string }

const exceptions: Exception[] = [
  { files: /^scripts\/glossary/, words: "all", reason: "the rules and their tests" },
  { files: /^CONTRIBUTING\.md$/, words: "all", reason: "the glossary lists the words to avoid" },
  { files: /^lib\/db\/migrations\//, words: "all", reason: "a migration that has run does not change" },
  { files: /^bench\/results\//, words: "all", reason: "what runs printed; the next run writes it again" },
  { files: /^scripts\/embedded-postgres/, words: ["nobody"], reason: "a Unix account" },
  { files: /package-lock\.json$/, words: "all", reason: "the names of other people's packages" },
  { files: /^CHANGELOG\.md$/, words: ["renew"], reason: "it says what had these names before" },
]

/** What the rest of the tree may quote: texts of the user interface, stored values, and names that operators rely on. */
const quotable = [
  /\bRenew access now\b/g,
  /\bRenews automatically\b/g,
  /\bLast renewal\b/g,
  /\bRenewed just now\b/g,
  // Kinds of stored activity, which the Activity page shows in the words of the user interface.
  /(["'`])(renewed|renewal_failed)\1/g,
  // The example of GitHub and Atlassian for a webhook's signature has this secret.
  /It's a Secret to Everybody/g,
  /\b(renewed|renewal_failed)(?=: )/g,
]

/**
 * @param file its path from the repository's root, which is searched too (as line 0)
 * @returns every place with a word that the glossary avoids
 */
export function findAvoidedWords(file: string, content: string): Finding[] {
  const lines = content.split("\n")
  const name = split(file)
  const words = split(blank(content))
  const comments = split(commentsAndIdentifiers(blank(content)))
  return rules
    .filter(({ word }) => !isException(file, word))
    .flatMap(({ word, use, pattern, isShownIn }) => {
      const searched = isShownIn?.(file) ? comments : words
      return [
        ...[...name.matchAll(pattern)].map(() => ({ file, line: 0, text: file, word, use })),
        ...[...searched.matchAll(pattern)].map(({ index }) => {
          const line = searched.slice(0, index).split("\n").length
          return { file, line, text: lines[line - 1]?.trim().slice(0, 160) ?? "", word, use }
        }),
      ]
    })
}

/** @param paths files and folders; none means the whole repository */
export async function findAvoidedWordsIn(paths: string[] = []): Promise<Finding[]> {
  const files = (await listFiles()).filter((file) => !isBinary(file) && existsSync(file))
  const wanted = paths.map((one) => path.normalize(one).replace(/\/$/, ""))
  return files
    .filter(
      (file) =>
        wanted.length === 0 ||
        wanted.some((one) => one === "." || file === one || file.startsWith(`${one}/`)),
    )
    .flatMap((file) => findAvoidedWords(file, readFileSync(file, "utf8")))
}

function isBinary(file: string): boolean {
  return /\.(png|jpe?g|ico|webp|gif|woff2?|zip|gz|webm)$/.test(file)
}

function avoid(word: string, use: string, pattern: string, isShownIn?: Rule["isShownIn"]): Rule {
  // Between two words of a phrase there may be a line break with the mark of a comment or of a quotation.
  const phrase = pattern.replaceAll(/ (?![?*])/g, "(?:\\s|[*>#_/-])+")
  return { word, use, pattern: new RegExp(`(?<![A-Za-z])(?:${phrase})(?![A-Za-z])`, "gi"), isShownIn }
}

/** Splits identifiers into their words; every line stays where it is. */
function split(text: string): string {
  return text.replaceAll(/([a-z\d])(?=[A-Z])/g, "$1 ").replaceAll("_", " ")
}

function blank(text: string): string {
  return quotable.reduce((rest, quoted) => rest.replaceAll(quoted, ""), text)
}

/** Leaves out strings and the text of pages; every line stays where it is. */
function commentsAndIdentifiers(content: string): string {
  return content
    .split("\n")
    .map((line) => {
      const comment = /(^\s*\*|\/\*|(?<!:)\/\/).*/.exec(line)?.[0] ?? ""
      const code = line.slice(0, line.length - comment.length).replaceAll(/(["'`]).*?\1/g, "")
      const identifiers = code.match(/\w*[a-z][A-Z]\w*|\b\w+(?=[(.:,)]|\s*=[^>])/g) ?? []
      return [...identifiers, comment].join(" ")
    })
    .join("\n")
}

function isException(file: string, word: string): boolean {
  return exceptions.some(({ files, words }) => files.test(file) && (words === "all" || words.includes(word)))
}
