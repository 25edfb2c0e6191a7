function required(name) {
  const value = process.env[name]
  if (!value) throw new Error(`Set ${name}`)
  return value
}

/** Without the last two, Bitbucket itself. */
export const settings = {
  port: Number(process.env.PORT ?? 3000),
  secret: required("AUTH_SECRET"),
  clientId: required("AUTH_BITBUCKET_ID"),
  clientSecret: required("AUTH_BITBUCKET_SECRET"),
  databaseUrl: required("DATABASE_URL"),
  site: process.env.BITBUCKET_SITE_URL ?? "https://bitbucket.org",
  api: process.env.BITBUCKET_API_URL ?? "https://api.bitbucket.org",
}
