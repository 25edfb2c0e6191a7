/** One of the doctor's sentences, with text between backticks as code. */
export function WithCode({ text }: { text: string }) {
  return text.split("`").map((part, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never move
      <code key={index}>{part}</code>
    ) : (
      part
    ),
  )
}
