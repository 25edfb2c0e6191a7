/**
 * A store for connections in Postgres, over `query(text, values)`.
 *
 * @module
 */
export {
  connectionColumns,
  connectionOf,
  createPostgresStore,
  type PostgresStore,
  type PostgresStoreOptions,
  type Query,
} from "./postgres/store.ts"
