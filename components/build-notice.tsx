/** What a build says on every page, such as that it is a demo. Most say nothing. */
export function BuildNotice() {
  const notice = process.env.BUILD_NOTICE
  if (!notice) return null
  return (
    <p role="note" className="build-notice">
      {notice}
    </p>
  )
}
