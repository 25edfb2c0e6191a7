/** Asks for a build status. Arguments: ACCOUNT WORKSPACE/REPOSITORY COMMIT STATE */
import { database, migrate } from "./bitbucket.js"

const values = process.argv.slice(2)
if (values.length !== 4) throw new Error("Arguments: ACCOUNT WORKSPACE/REPOSITORY COMMIT STATE")
await migrate()
await database.query(
  "insert into build_status_job (account, repository, commit, build_state) values ($1, $2, $3, $4)",
  values,
)
await database.end()
