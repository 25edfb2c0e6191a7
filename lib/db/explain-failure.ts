export type ExplainedFailure = {
  /** Stable. */
  code: string
  /** What is wrong, without a full stop. */
  cause: string
  /** How to fix it, as the second half of the same sentence, without a full stop. */
  fix: string
}

const explanations: Record<string, ExplainedFailure> = {
  ECONNREFUSED: {
    code: "database_not_listening",
    cause: "Nothing listens at the host and port of DATABASE_URL",
    fix: "start the database there, or correct the address",
  },
  ENOTFOUND: {
    code: "database_host_unknown",
    cause: "The host name in DATABASE_URL has no address",
    fix: "correct the host name",
  },
  "28P01": {
    code: "database_password_refused",
    cause: "Postgres refuses the user or the password in DATABASE_URL",
    fix: "correct them, with special characters of the password percent-encoded",
  },
  "28000": {
    code: "database_access_refused",
    cause: "Postgres does not let the user of DATABASE_URL in from this machine",
    fix: "correct the user, add `?sslmode=require` if the host asks for TLS, or admit this machine in `pg_hba.conf`",
  },
  "3D000": {
    code: "database_unknown",
    cause: "Postgres has no database of the name in DATABASE_URL",
    fix: "correct the name, or create the database",
  },
  "42501": {
    code: "database_rights_missing",
    cause: "Postgres forbids the user of DATABASE_URL to use the tables of the app",
    fix: "grant the rights that `deploy/roles.sql` lists, and let another role migrate by DATABASE_URL_UNPOOLED",
  },
  "42P07": {
    code: "database_table_taken",
    cause: "The schema has a table of the same name that another app has made",
    fix: "set DATABASE_SCHEMA to a name that nothing else uses",
  },
  "55P03": {
    code: "database_locked",
    cause: "Another migration, or a long transaction of another program, holds the tables",
    fix: "wait until it has ended, then try again",
  },
  "08P01": {
    code: "pooler_refused",
    cause: "The pooler that DATABASE_URL leads to refuses the connection",
    fix: "compare the user, the database and what follows the `?` of the address with what the pooler knows, whose log says which of them it is",
  },
  "25006": {
    code: "database_read_only",
    cause: "DATABASE_URL leads to a replica or another database that takes no writes",
    fix: "use the address of the primary",
  },
  "53300": {
    code: "database_full_of_connections",
    cause: "Postgres has no connection to spare",
    fix: "raise its `max_connections`, or use the address of its pooler",
  },
  timeout: {
    code: "database_silent",
    cause: "The database does not answer in time",
    fix: "check whether it is running, and whether a firewall blocks this machine",
  },
  tls: {
    code: "database_tls",
    cause: "The database and this app do not agree on TLS",
    fix: "correct `sslmode` in DATABASE_URL, or let this machine trust the certificate of the database",
  },
}

/** Codes with the same explanation as another. */
const alike: Record<string, string> = { EAI_AGAIN: "ENOTFOUND" }

/**
 * Explains a failure of the database, and how to fix it.
 *
 * @param reason of a `DatabaseError`
 */
export function explainDatabaseFailure(reason: string): ExplainedFailure {
  const known = explanations[/CERT|ISSUER/.test(reason) ? "tls" : (alike[reason] ?? reason)]
  return (
    known ?? {
      code: "database_failed",
      cause: `The database could not be read (${reason})`,
      fix: "try the same DATABASE_URL with `psql`, which says more",
    }
  )
}
