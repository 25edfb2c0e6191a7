export {
  connectionColumns,
  connectionOf,
  createPostgresStore,
  type PostgresStore,
  type PostgresStoreOptions,
  type Query,
} from "./postgres/store.ts"
