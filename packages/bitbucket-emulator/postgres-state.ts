/** Where the emulator's state is between requests, since functions come and go. */
export interface StateStore {
  /** What was written last, or null where nothing has been. */
  readonly read: () => Promise<{ readonly version: number; readonly document: string } | null>
  /**
   * Writes a document in place of `version`, null for none.
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
    // Two that create it at once: `if not exists` looks before the other has committed, and `on conflict` has no such form.
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
