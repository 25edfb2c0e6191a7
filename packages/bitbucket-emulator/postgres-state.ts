/** Stores the emulator's state between requests, since functions are short-lived. */
export interface StateStore {
  /** The last written document, or null if there is none. */
  readonly read: () => Promise<{ readonly version: number; readonly document: string } | null>
  /**
   * Replaces the document of this `version`; null means that there is none.
   *
   * @returns false, with nothing written, if another request has written since
   */
  readonly write: (document: string, version: number | null) => Promise<boolean>
}

/** Runs one statement, as `query` of a pool of `pg` does. */
export type Query = (
  text: string,
  values?: unknown[],
) => Promise<{ readonly rows: readonly unknown[]; readonly rowCount: number | null }>

/**
 * Keeps the state in one row of a Postgres table, which is created at the first use. Every statement works through a pooler in
 * transaction mode.
 *
 * @param query of the caller's own pool, so that this package needs no driver
 * @param table as it is written in a statement, such as `"my_schema".bitbucket_emulator`; never from a request
 */
export function postgresState(query: Query, table = "bitbucket_emulator"): StateStore {
  let prepared: Promise<void> | null = null

  async function prepare(): Promise<void> {
    const { rows } = await query(`select to_regclass($1) is not null as is_there`, [table])
    if ((rows[0] as { is_there: boolean }).is_there) return
    // Two requests may create it at the same time: `if not exists` looks before the other has committed, and there is no `on conflict` for tables.
    await query(
      `create table if not exists ${table} (name text primary key, version integer not null, document text not null)`,
    ).catch(async (error: unknown) => {
      const again = await query(`select to_regclass($1) is not null as is_there`, [table])
      if (!(again.rows[0] as { is_there: boolean }).is_there) throw error
    })
  }

  async function whenPrepared(): Promise<void> {
    prepared ??= prepare()
    await prepared.catch((error: unknown) => {
      prepared = null
      throw error
    })
  }

  return {
    async read() {
      await whenPrepared()
      const { rows } = await query(`select version, document from ${table} where name = 'state'`)
      return (rows[0] as { version: number; document: string } | undefined) ?? null
    },
    async write(document, version) {
      await whenPrepared()
      const { rowCount } =
        version === null
          ? await query(
              `insert into ${table} (name, version, document) values ('state', 1, $1) on conflict do nothing`,
              [document],
            )
          : await query(
              `update ${table} set version = version + 1, document = $1 where name = 'state' and version = $2`,
              [document, version],
            )
      return rowCount === 1
    },
  }
}
