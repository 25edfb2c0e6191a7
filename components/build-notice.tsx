/** A notice on every page of a build, such as that it is a demo. Most builds have none. */
export function BuildNotice() {
  const notice = process.env.BUILD_NOTICE
  if (!notice) return null
  return (
    <p role="note" className="build-notice">
      {notice}
    </p>
  )
}
