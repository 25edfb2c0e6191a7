import { is, type Table } from "drizzle-orm"
import { getTableConfig, PgTable } from "drizzle-orm/pg-core"
import type { Client } from "pg"

export type Column = {
  type: string
  notNull: boolean
  /** Whether a row may be inserted without it, although it is not null. */
  hasDefault: boolean
}

/** The tables of a schema by name, as far as a statement can tell them from others. */
export type Structure = Record<
  string,
  { columns: Record<string, Column>; constraints: string[]; indexes: string[] }
>

/** Reads a schema from Postgres's own catalogue. */
export async function readStructure(client: Client, schema: string): Promise<Structure> {
  const { rows: columns } = await client.query(
    `select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
            a.attnotnull as "notNull", a.atthasdef or a.attidentity <> '' as "hasDefault"
       from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relnamespace = $1::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped`,
    [schema],
  )
  const { rows: constraints } = await client.query(
    `select t.relname as table,
            case c.contype when 'c' then 'CHECK ' || c.conname else pg_get_constraintdef(c.oid) end as text
       from pg_constraint c join pg_class t on t.oid = c.conrelid
      where c.connamespace = $1::regnamespace and c.contype in ('p', 'u', 'f', 'c')`,
    [schema],
  )
  const { rows: indexes } = await client.query(
    `select t.relname as table, concat(
              case when i.indisunique then 'unique ' end, x.relname, ' (',
              (select string_agg(pg_get_indexdef(i.indexrelid, k, true), ', ' order by k)
                 from generate_series(1, i.indnkeyatts) k),
              ')', case when i.indpred is not null then ' partial' end) as text
       from pg_index i join pg_class x on x.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
      where t.relnamespace = $1::regnamespace
        and not exists (select 1 from pg_constraint where conindid = i.indexrelid and contype in ('p', 'u'))`,
    [schema],
  )
  const structure: Structure = {}
  for (const { table, name, ...column } of columns) tableOf(structure, table).columns[name] = column
  for (const { table, text } of constraints)
    tableOf(structure, table).constraints.push(text.replace(`REFERENCES ${schema}.`, "REFERENCES "))
  for (const { table, text } of indexes) tableOf(structure, table).indexes.push(text)
  return sorted(structure)
}

/** What Drizzle's tables say that the schema is. */
export function structureOf(tables: Iterable<unknown>): Structure {
  const structure: Structure = {}
  for (const one of tables) {
    if (!is(one, PgTable)) continue
    const { name, columns, indexes, foreignKeys, primaryKeys, uniqueConstraints, checks } =
      getTableConfig(one)
    const table = tableOf(structure, name)
    for (const column of columns) {
      table.columns[column.name] = {
        type: column.getSQLType(),
        notNull: column.notNull,
        hasDefault:
          column.hasDefault || column.generated !== undefined || column.generatedIdentity !== undefined,
      }
      if (column.primary) table.constraints.push(`PRIMARY KEY (${column.name})`)
      if (column.isUnique) table.constraints.push(`UNIQUE (${column.name})`)
    }
    for (const key of primaryKeys) table.constraints.push(`PRIMARY KEY (${named(key.columns)})`)
    for (const key of uniqueConstraints) table.constraints.push(`UNIQUE (${named(key.columns)})`)
    for (const check of checks) table.constraints.push(`CHECK ${check.name}`)
    for (const key of foreignKeys) {
      const { columns: from, foreignTable, foreignColumns } = key.reference()
      const onDelete =
        key.onDelete && key.onDelete !== "no action" ? ` ON DELETE ${key.onDelete.toUpperCase()}` : ""
      table.constraints.push(
        `FOREIGN KEY (${named(from)}) REFERENCES ${nameOf(foreignTable)}(${named(foreignColumns)})${onDelete}`,
      )
    }
    for (const { config } of indexes) {
      const kind = config.unique ? "unique " : ""
      const columns = named(config.columns as { name: string }[])
      table.indexes.push(`${kind}${config.name} (${columns})${config.where ? " partial" : ""}`)
    }
  }
  return sorted(structure)
}

const named = (columns: readonly { name: string }[]) => columns.map(({ name }) => name).join(", ")
const nameOf = (table: Table) => getTableConfig(table as PgTable).name

function tableOf(structure: Structure, name: string): Structure[string] {
  structure[name] ??= { columns: {}, constraints: [], indexes: [] }
  return structure[name]
}

function sorted(structure: Structure): Structure {
  for (const { constraints, indexes } of Object.values(structure)) {
    constraints.sort()
    indexes.sort()
  }
  return structure
}
