import { createElement, Fragment, type ReactNode } from "react"

/** The names in braces in a sentence. */
type Places<Sentence extends string> = Sentence extends `${string}{${infer Place}}${infer Rest}`
  ? Place | Places<Rest>
  : never

/** Puts elements into a sentence that names them in braces: `fill("Until {time}.", { time: <Instant … /> })`. */
export function fill<Sentence extends string>(
  sentence: Sentence,
  parts: Record<Places<Sentence>, ReactNode>,
): ReactNode {
  const elements: Record<string, ReactNode> = parts
  const pieces = sentence.split(/\{(\w+)\}/)
  return createElement(
    Fragment,
    null,
    ...pieces.map((piece, index) => (index % 2 === 1 ? elements[piece] : piece)),
  )
}
